package io.fairlead.router.proxy;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** What must become true on another thread, within ten seconds and without a fixed wait. */
final class Soon {
  private Soon() {}

  static void become(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofSeconds(10))
        .until(condition);
  }
}
