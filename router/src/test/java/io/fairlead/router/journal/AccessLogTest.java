package io.fairlead.router.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.model.RouterError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class AccessLogTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1));

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Drops drops = new Drops();

  private AccessLog log(int ringBytes) {
    return new AccessLog(LogOutput.to(out), CLOCK, ringBytes);
  }

  private static SampleFacts refusal() {
    return new SampleFacts(5_000_000).refused(RouterError.QUEUE_TIMEOUT, 503);
  }

  private List<String> lines() {
    return out.toString(UTF_8).lines().toList();
  }

  @Test
  void tellsOfFailuresAndOfTheSuccessesThatWereWanted() {
    AccessLog log = log(65_536);
    RequestObserver loop = log.newObserver(drops);
    SampleFacts wanted = new SampleFacts(1);
    wanted.logged = true;
    SampleFacts left = new SampleFacts(1);
    left.left = true;
    SampleFacts remembered = new SampleFacts(1);
    remembered.sampled = true;
    loop.ended(refusal());
    loop.ended(wanted);
    loop.ended(left);
    loop.ended(remembered);
    log.drain();
    assertThat(lines()).hasSize(3);
    assertThat(lines().getFirst()).contains("\"reason\":\"queue_timeout\"");
  }

  @Test
  void writesTheLinesOfAllLoops() {
    AccessLog log = log(65_536);
    log.newObserver(drops).ended(refusal());
    log.newObserver(drops).ended(refusal());
    log.drain();
    assertThat(lines()).hasSize(2);
  }

  @Test
  void linesThatCrossTheEndOfTheRingStayWhole() {
    AccessLog log = log(4_096);
    RequestObserver loop = log.newObserver(drops);
    for (int i = 0; i < 1_000; i++) {
      loop.ended(refusal());
      log.drain();
    }
    assertThat(drops.dropped).hasValue(0);
    assertThat(lines()).hasSize(1_000).allSatisfy(AccessLogTest::isWhole);
  }

  @Test
  void dropsAndCountsWhatNobodyWritesOut() {
    AccessLog log = log(4_096);
    RequestObserver loop = log.newObserver(drops);
    for (int i = 0; i < 100; i++) {
      loop.ended(refusal());
    }
    log.drain();
    assertThat(lines()).isNotEmpty().allSatisfy(AccessLogTest::isWhole);
    assertThat(lines().size() + drops.dropped.get()).isEqualTo(100);
    loop.ended(refusal());
    log.drain();
    assertThat(lines().size() + drops.dropped.get()).as("it goes on").isEqualTo(101);
  }

  @Test
  void nothingIsLostOrTornWhileTheThreadWrites() throws InterruptedException {
    AccessLog log = log(8_192);
    RequestObserver loop = log.newObserver(drops);
    Thread thread = Thread.ofPlatform().start(log);
    for (int i = 0; i < 20_000; i++) {
      loop.ended(refusal());
    }
    log.close();
    thread.join();
    assertThat(lines()).allSatisfy(AccessLogTest::isWhole);
    assertThat(lines().size() + drops.dropped.get()).isEqualTo(20_000);
  }

  @Test
  void closingWritesWhatThereIs() throws InterruptedException {
    AccessLog log = log(65_536);
    RequestObserver loop = log.newObserver(drops);
    Thread thread = Thread.ofPlatform().start(log);
    loop.ended(refusal());
    while (thread.getState() == Thread.State.NEW || !isStarted(thread)) {
      Thread.onSpinWait();
    }
    log.close();
    thread.join();
    assertThat(lines()).hasSize(1);
  }

  private static boolean isStarted(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING;
  }

  @Test
  void outputThatFailsLosesLinesAndNothingElse() {
    var output =
        new LogOutput() {
          int failures = 2;

          @Override
          public void write(byte[] bytes, int count) throws IOException {
            if (failures-- > 0) {
              throw new IOException("disk full");
            }
            out.write(bytes, 0, count);
          }

          @Override
          public void close() {}
        };
    AccessLog log = new AccessLog(output, CLOCK, 65_536);
    RequestObserver loop = log.newObserver(drops);
    for (int i = 0; i < 3; i++) {
      loop.ended(refusal());
      log.drain();
    }
    assertThat(lines()).hasSize(1);
  }

  @Test
  void loggingAllocatesNextToNothing() {
    AccessLog log = new AccessLog(discarding(), CLOCK, 65_536);
    RequestObserver loop = log.newObserver(drops);
    SampleFacts facts = refusal();
    facts.replica = null;
    for (int i = 0; i < 1_000; i++) {
      loop.ended(facts);
      log.drain();
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1_000; i++) {
      loop.ended(facts);
      log.drain();
    }
    // the text of the time
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 1_000).isLessThan(200);
  }

  private static LogOutput discarding() {
    return new LogOutput() {
      @Override
      public void write(byte[] bytes, int count) {}

      @Override
      public void close() {}
    };
  }

  @Test
  void fileIsAppendedTo() throws IOException {
    Path file = Files.writeString(directory.resolve("access.log"), "before\n");
    LogFile log = LogFile.open(file, () -> 0);
    log.write("one\n...".getBytes(UTF_8), 4);
    log.close();
    assertThat(file).hasContent("before\none\n");
  }

  @Test
  void fileThatWasMovedAwayIsBegunAnew() throws IOException {
    var nanos = new AtomicLong();
    Path file = directory.resolve("access.log");
    Path moved = directory.resolve("access.log.1");
    LogFile log = LogFile.open(file, nanos::get);
    log.write("one\n".getBytes(UTF_8), 4);
    Files.move(file, moved);
    log.write("two\n".getBytes(UTF_8), 4);
    nanos.set(1_000_000_000L);
    log.write("three\n".getBytes(UTF_8), 6);
    Files.move(file, directory.resolve("access.log.2"));
    Files.writeString(file, "");
    nanos.set(2_000_000_000L);
    log.write("four\n".getBytes(UTF_8), 5);
    log.close();
    assertThat(moved).hasContent("one\ntwo\n");
    assertThat(directory.resolve("access.log.2")).hasContent("three\n");
    assertThat(file).hasContent("four\n");
  }

  @Test
  void fileThatCannotBeWrittenIsAnErrorAtOnce() {
    assertThatThrownBy(() -> LogFile.open(directory.resolve("no/such/access.log"), () -> 0))
        .isInstanceOf(IOException.class);
  }

  private static void isWhole(String line) {
    assertThat(JsonMapper.shared().readTree(line).at("/responseCode").asInt()).isEqualTo(503);
  }

  /** Counts the lines that were dropped. */
  private static final class Drops implements RequestRecorder {
    final AtomicInteger dropped = new AtomicInteger();

    @Override
    public void finished(
        int ordinal,
        int status,
        @Nullable RouterError error,
        long totalNanos,
        long queueNanos,
        long receiveNanos,
        long upstreamNanos) {}

    @Override
    public void count(ProxyEvent event) {
      assertThat(event).isEqualTo(ProxyEvent.ACCESS_LOG_DROPPED);
      dropped.incrementAndGet();
    }
  }
}
