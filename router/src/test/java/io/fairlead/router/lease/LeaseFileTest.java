package io.fairlead.router.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.Reply;
import io.fairlead.router.election.Reply.Absent;
import io.fairlead.router.election.Reply.Conflict;
import io.fairlead.router.election.Reply.Failed;
import io.fairlead.router.election.Reply.Found;
import io.fairlead.router.election.Reply.Written;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseFileTest {
  private static final String GOOD =
      """
      fairlead-lease: 1
      holder: one
      durationMillis: 2000
      acquired: 2026-11-01T00:00:00Z
      renewed: 2026-11-01T00:00:01.000001Z
      transitions: 3
      others: true
      """;
  private static final int PROCESSES = 3;
  private static final int WRITES = 60;

  @TempDir Path directory;
  private Path file;
  private LeaseFile lease;

  @BeforeEach
  void setUp() {
    file = directory.resolve("lease");
    lease = new LeaseFile(file);
  }

  static LeaseRecord held(String holder, long transitions) {
    Instant time = Instant.parse("2026-11-01T00:00:00Z");
    return new LeaseRecord(holder, Duration.ofSeconds(2), time, time, transitions, false);
  }

  private static String version(Reply reply) {
    return switch (reply) {
      case Written written -> written.version();
      case Found found -> found.version();
      default -> throw new AssertionError(reply);
    };
  }

  @Test
  void givesBackWhatWasWritten() throws Exception {
    assertThat(lease.read()).isEqualTo(new Absent());
    String version = version(lease.write(held("one", 1), null));

    assertThat(lease.read()).isEqualTo(new Found(held("one", 1), version));
    assertThat(new LeaseFile(file).read()).isEqualTo(new Found(held("one", 1), version));
  }

  @Test
  void isReadByPeople() throws Exception {
    Files.writeString(file, GOOD);

    var found = (Found) lease.read();

    assertThat(found.record().holder()).isEqualTo("one");
    assertThat(found.record().renewed()).isEqualTo("2026-11-01T00:00:01.000001Z");
    lease.write(found.record(), found.version());
    assertThat(file).hasContent(GOOD);
  }

  @Test
  void freeLeaseHasNoHolder() throws Exception {
    lease.write(held("", 1), null);

    assertThat(((Found) lease.read()).record().holder()).isEmpty();
  }

  @Test
  void writesOnlyWhatItHasSeen() throws Exception {
    String first = version(lease.write(held("one", 1), null));
    assertThat(lease.write(held("two", 2), null)).isEqualTo(new Conflict());
    String second = version(lease.write(held("one", 2), first));
    assertThat(lease.write(held("two", 3), first)).isEqualTo(new Conflict());

    Files.delete(file);
    assertThat(lease.write(held("two", 3), second)).isEqualTo(new Conflict());
  }

  @Test
  void leavesNothingHalfWrittenBehind() throws Exception {
    Files.writeString(directory.resolve("lease.new"), "of one who was killed");

    lease.write(held("one", 1), null);

    assertThat(directory.resolve("lease.new")).doesNotExist();
    assertThat(lease.read()).isInstanceOf(Found.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "garbage",
        "fairlead-lease: 2",
        "holder",
        "transitions: -1",
        "transitions: 99999999999",
        "transitions: 2147483648",
        "transitions: ",
        "holder: a b",
        "holder: a\u0000",
        "renewed: today",
        "renewed: 2026-13-01T00:00:00Z",
        "durationMillis: 1.5",
        "others: maybe",
        "short"
      })
  void garbageIsAnErrorAndNobodysLease(String garbage) throws Exception {
    String text =
        switch (garbage) {
          case "", "\n", "garbage" -> garbage;
          case "short" -> GOOD.substring(0, GOOD.length() - 1);
          default ->
              GOOD.lines()
                  .map(line -> line.startsWith(garbage.split(":", 2)[0]) ? garbage : line)
                  .reduce("", (text1, line) -> text1 + line + "\n");
        };
    Files.writeString(file, text);

    assertThat(lease.read())
        .isInstanceOfSatisfying(
            Failed.class,
            failed ->
                assertThat(failed.reason())
                    .contains(file + ": no lease: line ")
                    .contains("(expected: "));
    assertThat(lease.write(held("one", 1), null)).isEqualTo(new Conflict());
  }

  @Test
  void endlessFileIsNotRead() throws Exception {
    Files.writeString(file, GOOD + "x".repeat(100_000));

    assertThat(lease.read()).isInstanceOf(Failed.class);
  }

  @Test
  void missingDirectoryIsAnError() throws Exception {
    var nowhere = new LeaseFile(directory.resolve("missing/lease"));

    assertThat(nowhere.read())
        .isEqualTo(
            new Failed(
                directory.resolve("missing/lease")
                    + ": no such directory (expected: a file that can be replaced)"));
    assertThat(nowhere.write(held("one", 1), null)).isInstanceOf(Failed.class);
  }

  @Test
  void directoryInItsPlaceIsAnError() throws Exception {
    Files.createDirectory(file);

    assertThat(lease.read()).isInstanceOf(Failed.class);
    assertThat(lease.write(held("one", 1), null)).isInstanceOf(Failed.class);
  }

  @Test
  void termBeyondAllIsAnError() throws Exception {
    assertThat(lease.write(held("one", 1L + Integer.MAX_VALUE), null)).isInstanceOf(Failed.class);
    assertThat(file).doesNotExist();
  }

  @Test
  void threadsOfOneProcessTakeTurns() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      threads.add(Thread.ofPlatform().start(() -> LeaseWriter.write(new LeaseFile(file), WRITES)));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(((Found) lease.read()).record().transitions()).isEqualTo(PROCESSES * WRITES);
  }

  @Test
  void processesTakeTurns() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LeaseWriter.class.getName(),
                  file.toString(),
                  "" + WRITES)
              .inheritIO()
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isZero();
    }

    assertThat(((Found) lease.read()).record().transitions()).isEqualTo(PROCESSES * WRITES);
  }
}
