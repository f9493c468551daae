package io.fairlead.router;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** What must become true on another thread, however slow the machine, and without a fixed wait. */
public final class Soon {
  /** How long to wait for what comes at once: only a test that fails waits for so long. */
  public static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The same, in milliseconds, for sockets. */
  public static final int PATIENCE_MILLIS = 120_000;

  private Soon() {}

  /** Waits until {@code condition} holds. */
  public static void become(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(condition);
  }
}
