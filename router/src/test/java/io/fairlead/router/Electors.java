package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;

/** Processes that elect one of them, and what they say of when they led. */
final class Electors implements AutoCloseable {

  private final Path directory;
  private final List<String> store;
  private final List<Process> processes = new ArrayList<>();

  /**
   * Makes a place for them.
   *
   * @param store the arguments of {@link ElectingProcess} that name it
   */
  Electors(Path directory, String... store) {
    this.directory = directory;
    this.store = List.of(store);
  }

  /** When one process led in one term: first and last time. */
  private record Reign(int process, long from, long to) {}

  /** Starts {@code count} more. */
  void start(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      startOne();
    }
  }

  private void startOne() throws IOException {
    int number = processes.size();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ElectingProcess.class.getName(), "router-" + number));
    command.addAll(store);
    processes.add(
        new ProcessBuilder(command)
            .redirectOutput(output(number).toFile())
            .redirectError(directory.resolve("err-" + number).toFile())
            .start());
  }

  private Path output(int process) {
    return directory.resolve("out-" + process);
  }

  private Map<Long, Reign> reigns() throws IOException {
    Map<Long, Reign> reigns = new TreeMap<>();
    for (int i = 0; i < processes.size(); i++) {
      String text = Files.readString(output(i));
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        String[] parts = line.split(" ", -1);
        long at = Long.parseLong(parts[1]);
        Reign reign = new Reign(i, at, at);
        reigns.merge(Long.parseLong(parts[0]), reign, Electors::longer);
      }
    }
    return reigns;
  }

  private static Reign longer(Reign one, Reign other) {
    assertThat(other.process()).as("processes that lead in one term").isEqualTo(one.process());
    return new Reign(one.process(), one.from(), other.to());
  }

  /** Waits for a term after {@code last}; returns the number of the newest. */
  long awaitTermAfter(long last) throws IOException {
    return awaitTermAfter(last, Soon.PATIENCE);
  }

  private long awaitTermAfter(long last, Duration patience) throws IOException {
    await().atMost(patience).until(() -> reigns().keySet().stream().anyMatch(term -> term > last));
    return reigns().keySet().stream().max(Long::compare).orElseThrow();
  }

  /**
   * Stops the leader of {@code last} until another leads. One that is stopped while it writes to a
   * file holds the others up: then it is stopped again.
   */
  long awaitTermWhileStopped(long last) throws Exception {
    long term = last;
    while (true) {
      Process stopped = leader(term);
      signal(stopped, "STOP");
      try {
        return awaitTermAfter(term, Duration.ofSeconds(15));
      } catch (ConditionTimeoutException e) {
        signal(stopped, "CONT");
        term = awaitTermAfter(term);
      } finally {
        signal(stopped, "CONT");
      }
    }
  }

  private Process leader(long term) throws IOException {
    return processes.get(Objects.requireNonNull(reigns().get(term)).process());
  }

  /** Sends {@code signal} to the leader of {@code term}. */
  void signalLeader(long term, String signal) throws Exception {
    signal(leader(term), signal);
  }

  private static void signal(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Fails unless each term began after the one before had ended. */
  void checkThatTermsFollowEachOther() throws IOException {
    long end = Long.MIN_VALUE;
    for (Map.Entry<Long, Reign> reign : reigns().entrySet()) {
      assertThat(reign.getValue().from()).as("start of term " + reign.getKey()).isGreaterThan(end);
      end = reign.getValue().to();
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
