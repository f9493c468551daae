package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;

/** What a deployment must have lived through before it hedges. */
final class HedgeBudget {
  private HedgeBudget() {}

  /** Measures, and saves up {@code hedges}. Ends where the first replica is picked next. */
  static void earn(Stage stage, int hedges) {
    measure(stage);
    save(stage, hedges);
  }

  /** The same for {@code dispatcher}, and one hedge. */
  static void earn(Dispatcher dispatcher, long now) {
    measure(dispatcher);
    save(dispatcher, 1, now);
  }

  /** Lets the deployment believe that nearly all responses begin within 100 ms. */
  static void measure(Stage stage) {
    measure(stage.router().dispatcher());
  }

  private static void measure(Dispatcher dispatcher) {
    for (int i = 0; i < 200; i++) {
      dispatcher.responded(ofMillis(100).toNanos());
    }
  }

  /** Lets twenty requests for each hedge come and go. */
  static void save(Stage stage, int hedges) {
    save(stage.router().dispatcher(), hedges, stage.router().now());
  }

  private static void save(Dispatcher dispatcher, int hedges, long now) {
    for (int i = 0; i < 20 * hedges; i++) {
      if (dispatcher.acquire(_ -> {}, Long.MAX_VALUE, now) instanceof Permit permit) {
        permit.release(Outcome.ANSWERED, now);
      }
    }
  }
}
