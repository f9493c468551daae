package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatchAllocationTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8})
  void aFreeSlotCostsOnePermitAndNothingElse(int limit) {
    Scene scene = new Scene(Scene.deployment(10, limit));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    use(scene, 1_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    use(scene, 10_000);
    long perRequest = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;

    // header, five references, a long and three flags: 48 bytes
    assertThat(perRequest).isLessThanOrEqualTo(48);
  }

  @ParameterizedTest
  @ValueSource(ints = {60_000, 100})
  void aPlaceInTheQueueCostsOneTicketAndNothingElse(int patienceMillis) {
    Turns turns = new Turns(patienceMillis);
    for (int i = 0; i < 50; i++) {
      turns.join();
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    turns.takeTurns(1_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    turns.takeTurns(10_000);
    long perRequest = (threads.getCurrentThreadAllocatedBytes() - before) / 10_000;

    // a ticket of six references, three longs, two ints and a flag, and a permit: 72 and 48 bytes
    assertThat(perRequest).isLessThanOrEqualTo(136);
  }

  /** One slot, and the queue for it. */
  private static final class Turns {
    private final Scene scene = new Scene(Scene.deployment(1, 1, 500, 64));
    private final ArrayDeque<Permit> running = new ArrayDeque<>();
    private final Waiter waiter = running::add;
    private final long patienceNanos;

    Turns(int patienceMillis) {
      patienceNanos = patienceMillis * Scene.MILLI;
    }

    void join() {
      switch (scene.dispatcher.acquire(waiter, scene.now + patienceNanos, scene.now)) {
        case Permit permit -> running.add(permit);
        case Ticket _ -> {}
        case Rejected rejected -> throw new AssertionError(rejected);
      }
    }

    void takeTurns(int times) {
      for (int i = 0; i < times; i++) {
        scene.now += Scene.MILLI;
        running.remove().release(Outcome.ANSWERED, scene.now);
        join();
      }
    }
  }

  private static void use(Scene scene, int times) {
    Waiter nobody =
        permit -> {
          throw new AssertionError("nobody waits");
        };
    for (int i = 0; i < times; i++) {
      scene.now += Scene.MILLI;
      long deadline = scene.now + Scene.SECOND;
      if (!(scene.dispatcher.acquire(nobody, deadline, scene.now) instanceof Permit permit)) {
        throw new AssertionError("no free slot");
      }
      permit.release(Outcome.ANSWERED, scene.now);
    }
  }
}
