package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite h2spec, strict, against a real listener: all of it passes. */
final class H2specTest {
  private static final int TAR_BLOCK = 512;

  @TempDir Path directory;

  @Test
  void passesAllOfH2spec() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "h2spec comes as a program for Linux on x86-64");
    Path program = unpack();
    Path output = directory.resolve("output");
    try (var scene = new Http2Scene()) {
      // one case needs a body that does not fit a window of a few bytes
      scene.replica.always(
          Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + "x".repeat(100)));
      Process run =
          new ProcessBuilder(
                  program.toString(),
                  "--strict",
                  "--timeout=10",
                  "--host=127.0.0.1",
                  "--port=" + scene.port,
                  "--path=" + TestRouter.SCORE)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(run.waitFor(5, TimeUnit.MINUTES)).as("h2spec ends").isTrue();
    }
    List<String> lines = Files.readAllLines(output, UTF_8);
    List<String> failed = lines.stream().filter(line -> line.contains("×")).toList();
    assertThat(failed).as("failed cases").isEmpty();
    assertThat(lines).contains("146 tests, 146 passed, 0 skipped, 0 failed");
  }

  /** Takes the only file out of the archive that comes with h2spec's Maven plugin. */
  private Path unpack() throws IOException {
    Path program = directory.resolve("h2spec");
    try (var archive =
            H2specTest.class.getResourceAsStream("/h2spec/2.2.0/h2spec_linux_amd64.tar.gz");
        var tar = new DataInputStream(new GZIPInputStream(Objects.requireNonNull(archive)))) {
      byte[] header = new byte[TAR_BLOCK];
      tar.readFully(header);
      int size = Integer.parseInt(new String(header, 124, 11, UTF_8).strip(), 8);
      Files.write(program, tar.readNBytes(size));
    }
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }
}
