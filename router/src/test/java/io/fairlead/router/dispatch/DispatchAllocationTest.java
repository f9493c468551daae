package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
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

    // header, two references, a long and a flag: 32 bytes, or 40 without compressed references
    assertThat(perRequest).isLessThanOrEqualTo(40);
  }

  private static void use(Scene scene, int times) {
    Waiter nobody =
        permit -> {
          throw new AssertionError("nobody waits");
        };
    for (int i = 0; i < times; i++) {
      scene.now += Scene.MILLI;
      if (!(scene.dispatcher.acquire(nobody, scene.now, scene.now) instanceof Permit permit)) {
        throw new AssertionError("no free slot");
      }
      permit.release(Outcome.ANSWERED, scene.now);
    }
  }
}
