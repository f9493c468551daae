package io.fairlead.router;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program in a process of its own, with the Java and the class path of the test. Everything it
 * prints is kept; whatever a test waits for comes soon, or the test fails with it.
 */
final class RouterProcess implements AutoCloseable {

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  private RouterProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(collect(process.getInputStream(), out), collect(process.getErrorStream(), err));
  }

  /** Starts {@code fairlead} with {@code args}. */
  static RouterProcess start(String... args) throws IOException {
    return startWith(List.of(), args);
  }

  /** Starts {@code fairlead} with {@code args} on a JVM with {@code options}. */
  static RouterProcess startWith(List<String> options, String... args) throws IOException {
    List<String> command = command(options);
    command.addAll(List.of(args));
    return run(command);
  }

  /** Returns what {@code fairlead} is started by, on a JVM with {@code options}. */
  static List<String> command(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(Main.class.getName());
    return command;
  }

  /** Runs {@code command}, which is {@code fairlead} in another way. */
  static RouterProcess run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    // What the test JVM was given must change neither what it says nor how it is set up.
    builder.environment().keySet().removeIf(RouterProcess::wouldInterfere);
    return new RouterProcess(builder.start());
  }

  /** Starts {@code fairlead serve} on free ports of this machine, admin port included. */
  static RouterProcess serve(Path manifests, String... more) throws IOException {
    return serveWith(List.of(), manifests, more);
  }

  /** The same on a JVM with {@code options}. */
  static RouterProcess serveWith(List<String> options, Path manifests, String... more)
      throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "serve",
                "--manifests",
                manifests.toString(),
                "--http",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0"));
    args.addAll(List.of(more));
    return startWith(options, args.toArray(String[]::new));
  }

  private static boolean wouldInterfere(String variable) {
    return variable.startsWith("FAIRLEAD_") || variable.equals("JAVA_TOOL_OPTIONS");
  }

  private static Thread collect(InputStream stream, List<String> lines) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try (var reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
              } catch (IOException e) {
                lines.add("unreadable: " + e);
              }
            });
  }

  /** Returns the line that says it is ready, waiting for it. */
  String ready() {
    await("the ready line" + this)
        .atMost(Soon.PATIENCE)
        .until(() -> !out.isEmpty() || !process.isAlive());
    if (out.isEmpty() || !out.getFirst().startsWith("fairlead ready ")) {
      throw new AssertionError("not ready: " + this);
    }
    return out.getFirst();
  }

  /** Returns the port of {@code listener} ({@code http}, {@code https}, {@code admin}). */
  int port(String listener) {
    Matcher port = Pattern.compile(" " + listener + "=127\\.0\\.0\\.1:(\\d+)").matcher(ready());
    if (!port.find()) {
      throw new AssertionError("no " + listener + " in: " + ready());
    }
    return Integer.parseInt(port.group(1));
  }

  /** Waits until a line of the log contains {@code part}. */
  void awaitLog(String part) {
    await("log with: " + part)
        .atMost(Soon.PATIENCE)
        .until(() -> err.stream().anyMatch(l -> l.contains(part)));
  }

  /** Sends {@code signal}, such as {@code TERM}. */
  void signal(String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new AssertionError("kill -" + signal + ": " + this);
    }
  }

  /** Returns how the process ended and what it said, waiting for the end. */
  Ended awaitEnd() throws InterruptedException {
    if (!process.waitFor(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running: " + this);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return new Ended(process.exitValue(), List.copyOf(out), List.copyOf(err));
  }

  /** How a process ended, and all it said. */
  record Ended(int code, List<String> out, List<String> err) {}

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  List<String> out() {
    return List.copyOf(out);
  }

  List<String> err() {
    return List.copyOf(err);
  }

  @Override
  public String toString() {
    return Map.of("alive", process.isAlive(), "out", out, "err", err).toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
