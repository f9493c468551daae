package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start with an AOT cache: one that was trained, and ones that are of no use. */
@Timeout(240)
class StartupCacheTest {
  private static final String SERIAL = "-XX:+UseSerialGC";

  @TempDir static Path shared;
  private static Path cache;
  private static String classPath;

  @TempDir Path manifests;

  @BeforeAll
  static void train() throws Exception {
    classPath = classPath();
    cache = shared.resolve("trained.aot");
    List<String> training = java(classPath, SERIAL);
    training.add(Training.class.getName());
    training.addAll(java(classPath, SERIAL, "-XX:AOTCacheOutput=" + cache));
    training.add(Main.class.getName());
    try (var trained = RouterProcess.run(training)) {
      var ended = trained.awaitEnd();
      assertThat(ended.code()).as("training: %s", ended).isZero();
    }
    assertThat(cache).isNotEmptyFile();
  }

  @Test
  void servesFromTheCache() throws Exception {
    // With this mode the JVM does not start unless it can use the cache.
    serves(classPath, SERIAL, "-XX:AOTMode=on", "-XX:AOTCache=" + cache);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 1_000_000})
  void servesThoughTheCacheIsCutShort(long length) throws Exception {
    Path cut = Files.copy(cache, shared.resolve("cut-" + length));
    try (var file = Files.newByteChannel(cut, java.nio.file.StandardOpenOption.WRITE)) {
      file.truncate(length);
    }

    serves(classPath, SERIAL, "-XX:AOTCache=" + cut);
  }

  @Test
  void servesThoughTheCacheIsSomethingElse() throws Exception {
    Path text = Files.writeString(shared.resolve("text"), "not a cache\n".repeat(100_000));

    serves(classPath, SERIAL, "-XX:AOTCache=" + text);
  }

  @Test
  void servesThoughTheCacheIsOfAnotherClassPath() throws Exception {
    List<String> jars = new ArrayList<>(List.of(classPath.split(File.pathSeparator, -1)));
    Path first = Path.of(jars.getFirst());
    jars.set(0, Files.copy(first, shared.resolve("newer-" + first.getFileName())).toString());

    serves(String.join(File.pathSeparator, jars), SERIAL, "-XX:AOTCache=" + cache);
  }

  @Test
  void servesThoughTheCollectorIsAnother() throws Exception {
    serves(classPath, "-XX:+UseParallelGC", "-XX:AOTCache=" + cache);
  }

  /** Serves a request, and says nothing but the ready line on standard output. */
  private void serves(String classPath, String... options) throws Exception {
    List<String> command = java(classPath, options);
    command.add(Main.class.getName());
    command.addAll(List.of("serve", "--manifests", manifests.toString()));
    command.addAll(List.of("--http", "127.0.0.1:0"));
    try (var model = StubModel.start("one")) {
      new ManifestFile(manifests).writeOne(model);
      try (var router = RouterProcess.run(command);
          var caller = new Caller(router)) {
        assertThat(caller.score("{}").statusCode()).isEqualTo(200);

        router.signal("TERM");
        var ended = router.awaitEnd();
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).containsExactly(router.ready());
      }
    }
  }

  /** Returns what starts a JVM, up to the main class, with the options of the launcher. */
  private static List<String> java(String classPath, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-cp", classPath));
    return command;
  }

  /** Returns the class path of the tests as jars, since a cache takes no directories. */
  private static String classPath() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        jars.add(entry);
      } else if (!entry.endsWith("test-classes") && Files.isDirectory(Path.of(entry))) {
        jars.add(jar(entry, "classes-" + jars.size() + ".jar"));
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private static String jar(String directory, String name) {
    String file = shared.resolve(name).toString();
    String[] arguments = {"--create", "--file", file, "-C", directory, "."};
    int code = ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, arguments);
    assertThat(code).as(() -> Arrays.toString(arguments)).isZero();
    return file;
  }
}
