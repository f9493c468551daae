package io.fairlead.router.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.tls.TlsEngine.Choice;
import io.fairlead.router.tls.TlsEngine.Library;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is chosen depends on how the process was started: each case has one of its own. */
class TlsEngineTest {
  @TempDir private Path directory;

  @Test
  void isBoringSslWhereItLoads() throws Exception {
    assertThat(TlsEngine.choose(Choice.AUTO))
        .isEqualTo(new TlsEngine(Library.BORINGSSL, "BoringSSL (netty-tcnative)"));
  }

  @Test
  void isTheJdkWhenAskedFor() throws Exception {
    assertThat(TlsEngine.choose(Choice.JDK))
        .isEqualTo(new TlsEngine(Library.JDK, "JDK " + Runtime.version() + " (asked for)"));
  }

  @Test
  void isTheJdkWhereNativeCodeIsTurnedOff() throws Exception {
    assertThat(choose(Choice.AUTO, "-Dio.netty.handler.ssl.noOpenSsl=true"))
        .isEqualTo(
            "JDK %s (BoringSSL is not available: UnsupportedOperationException: OpenSSL was"
                    .formatted(Runtime.version())
                + " explicit disabled with -Dio.netty.handler.ssl.noOpenSsl=true)");
  }

  @Test
  void namesTheDirectoryThatCannotBeWritten() throws Exception {
    var notADirectory = Files.createFile(directory.resolve("file")).resolve("below");
    assertThat(choose(Choice.AUTO, "-Dio.netty.native.workdir=" + notADirectory))
        .startsWith("JDK ")
        .contains("BoringSSL is not available: ", notADirectory.toString());
  }

  @Test
  void failsWhereBoringSslIsAskedForAndMissing() throws Exception {
    assertThat(choose(Choice.OPENSSL, "-Dio.netty.handler.ssl.noOpenSsl=true"))
        .startsWith("TLS engine: openssl is not available (expected: auto or jdk): Unsupported");
  }

  /** Returns what another process with this one's class path prints last, after its logs. */
  private static String choose(Choice choice, String option) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", option));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TlsEngineTest.class.getName(), choice.name()));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList()
        .getLast();
  }

  public static void main(String[] arguments) {
    String line;
    try {
      line = TlsEngine.choose(Choice.valueOf(arguments[0])).description();
    } catch (TlsProblem e) {
      line = e.getMessage();
    }
    System.out.println(line);
  }
}
