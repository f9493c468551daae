package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.model.RequestSettings;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hundred mebibytes pass through a few hundred kibibytes of the router's memory. */
@ExtendWith(Leaks.class)
class BackPressureTest {
  private static final int SIZE = 100 << 20;
  private static final int PIECE = 1 << 20;

  /** Pinned buffers, plus room for what the chunks of the pool round up to. */
  private static final long BOUND = 8L << 20;

  private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
  private final TestRouter.Setup setup = new TestRouter.Setup().allocator(allocator);
  private final AtomicLong highest = new AtomicLong();

  BackPressureTest() {
    setup.settings =
        new RequestSettings(
            Duration.ofSeconds(60),
            1,
            Duration.ofSeconds(60),
            -1,
            65_536,
            RequestSettings.OnClientGone.HOLD,
            false,
            false);
  }

  @Test
  void anUploadWaitsForTheModel() throws Exception {
    try (DataPath path = new DataPath(setup);
        RawCaller caller = path.call()) {
      Script script = Script.blank();
      for (int read = 0; read < SIZE; read += 10 * PIECE) {
        script.waitForGo().readBytes(10 * PIECE); // the head is left over
      }
      path.replica.next(script.send(FakeReplica.OK).waitForEnd());
      Thread sender = Thread.ofVirtual().start(() -> upload(caller));
      for (int read = 0; read < SIZE; read += 10 * PIECE) {
        sample();
        path.replica.go();
      }
      while (sender.isAlive()) {
        sample();
        Thread.onSpinWait();
      }
      assertThat(caller.answer().status()).isEqualTo(200);
      assertThat(highest.get()).isLessThan(BOUND);
    }
  }

  private static void upload(RawCaller caller) {
    try {
      caller.send(DataPath.postHead(SIZE));
      for (int sent = 0; sent < SIZE; sent += PIECE) {
        caller.send(new byte[PIECE]);
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anAnswerWaitsForTheCaller() throws Exception {
    try (DataPath path = new DataPath(setup);
        RawCaller caller = RawCaller.slow(path.port)) {
      Script script =
          Script.reading().send("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
      byte[] piece = new byte[PIECE];
      for (int sent = 0; sent < SIZE; sent += PIECE) {
        script.send(piece);
      }
      path.replica.next(script);
      caller.send(DataPath.POST).head();
      for (int read = 0; read < SIZE; read += PIECE) {
        caller.skip(PIECE);
        sample();
      }
      assertThat(highest.get()).isLessThan(BOUND);
      Soon.become("slot free", () -> path.router.load().inFlight() == 0);
    }
  }

  private void sample() {
    long used = allocator.pinnedDirectMemory();
    highest.accumulateAndGet(used, Math::max);
  }
}
