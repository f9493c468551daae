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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three processes elect by one file while they are killed, stopped and asked to leave. */
@Timeout(300)
class LeaseFileElectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final List<Process> processes = new ArrayList<>();

  /** When one process led in one term: first and last time. */
  private record Reign(int process, long from, long to) {}

  @AfterEach
  void stop() {
    processes.forEach(Process::destroyForcibly);
  }

  private void start() throws IOException {
    int number = processes.size();
    processes.add(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ElectingProcess.class.getName(),
                directory.resolve("lease").toString(),
                "router-" + number)
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
        reigns.merge(Long.parseLong(parts[0]), reign, LeaseFileElectionTest::longer);
      }
    }
    return reigns;
  }

  private static Reign longer(Reign one, Reign other) {
    assertThat(other.process()).as("processes that lead in one term").isEqualTo(one.process());
    return new Reign(one.process(), one.from(), other.to());
  }

  /** Waits for a term after {@code last}; returns the number of the newest. */
  private long awaitTermAfter(long last, Duration patience) {
    await().atMost(patience).until(() -> reigns().keySet().stream().anyMatch(term -> term > last));
    return newest();
  }

  private long newest() {
    try {
      return reigns().keySet().stream().max(Long::compare).orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A process that is stopped while it writes holds the others up: then it is stopped again. */
  private long awaitTermWhileStopped(long last) throws Exception {
    long term = last;
    while (true) {
      Process stopped = leader(term);
      signal(stopped, "STOP");
      try {
        return awaitTermAfter(term, Duration.ofSeconds(15));
      } catch (ConditionTimeoutException e) {
        signal(stopped, "CONT");
        term = awaitTermAfter(term, PATIENCE);
      } finally {
        signal(stopped, "CONT");
      }
    }
  }

  private Process leader(long term) throws IOException {
    return processes.get(Objects.requireNonNull(reigns().get(term)).process());
  }

  private static void signal(Process process, String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, "" + process.pid()).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void neverTwoLeadWhateverBecomesOfTheLeader() throws Exception {
    for (int i = 0; i < 3; i++) {
      start();
    }
    long term = awaitTermAfter(0, PATIENCE);

    leader(term).destroyForcibly().waitFor();
    start();
    term = awaitTermAfter(term, PATIENCE);

    term = awaitTermWhileStopped(term);

    signal(leader(term), "TERM");
    awaitTermAfter(term, PATIENCE);

    long end = Long.MIN_VALUE;
    for (Map.Entry<Long, Reign> reign : reigns().entrySet()) {
      assertThat(reign.getValue().from()).as("start of term " + reign.getKey()).isGreaterThan(end);
      end = reign.getValue().to();
    }
  }
}
