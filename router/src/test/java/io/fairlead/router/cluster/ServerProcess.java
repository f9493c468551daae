package io.fairlead.router.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A server that a test needs, with its log in a file. It is killed at the end, even when the test
 * is: it lives as long as the pipe to its standard input.
 */
public final class ServerProcess implements AutoCloseable {
  /** Kills what it runs when its own input ends, and ends when that does. */
  private static final String KEEPER =
      """
      exec 3<&0
      "$@" 3<&- </dev/null &
      server=$!
      { cat <&3 >/dev/null; kill -9 $server; } 2>/dev/null &
      exec 3<&-
      wait $server
      """;

  private static final int LOG_LINES = 40;
  private static final long PATIENCE_NANOS = 90_000_000_000L;
  private static final long LOOK_MILLIS = 50;

  private final String name;
  private final Process process;
  private final Path log;

  private ServerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts {@code program} with {@code arguments}; its log goes into {@code directory}. */
  public static ServerProcess start(Path program, Path directory, List<String> arguments)
      throws IOException {
    String name = program.getFileName().toString();
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>(List.of("sh", "-c", KEEPER, name, program.toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new ServerProcess(name, process, log);
  }

  /** Waits until {@code ready} is true; a server that has ended is reported at once. */
  public void await(String what, Callable<Boolean> ready) throws InterruptedException {
    long began = System.nanoTime();
    while (!isTrue(ready)) {
      if (!process.isAlive()) {
        throw new AssertionError(name + " ended with " + process.exitValue() + ":\n" + tail());
      }
      if (System.nanoTime() - began > PATIENCE_NANOS) {
        throw new AssertionError(name + ": " + what + " does not come; its log:\n" + tail());
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static boolean isTrue(Callable<Boolean> ready) throws InterruptedException {
    try {
      return ready.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception notYet) {
      return false;
    }
  }

  /** Sends {@code signal}, such as {@code STOP}, to the server itself. */
  void signal(String signal) throws IOException, InterruptedException {
    for (ProcessHandle child : process.children().toList()) {
      if (child.info().command().orElse("").endsWith("/" + name)) {
        new ProcessBuilder("kill", "-" + signal, "" + child.pid()).inheritIO().start().waitFor();
        return;
      }
    }
    throw new AssertionError(name + " does not run:\n" + tail());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the last lines of its log. */
  public String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return log + ": unreadable: " + e;
    }
  }

  /** Kills it: asked politely, an API server keeps its port for more than a second. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
