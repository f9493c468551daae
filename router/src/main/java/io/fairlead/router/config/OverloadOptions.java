package io.fairlead.router.config;

import static io.fairlead.router.config.Option.count;
import static io.fairlead.router.config.Option.millis;

import io.fairlead.router.model.Limits.Overload;
import java.time.Duration;
import java.util.List;

/** The limits at which the router gives something up to stay alive. */
final class OverloadOptions {
  private static final Option<Integer> NO_KEEP_ALIVE =
      count(
          "overloadNoKeepAlivePercent",
          Overload.DEFAULT.noKeepAlivePercent(),
          0,
          100,
          "Use of memory, descriptors or time from which connections are not kept; 0 is never.");
  private static final Option<Integer> REFUSE =
      count(
          "overloadRefusePercent",
          Overload.DEFAULT.refusePercent(),
          0,
          100,
          "The same from which requests are refused with 503; 0 is never.");
  private static final Option<Integer> STOP_ACCEPTING =
      count(
          "overloadStopAcceptingPercent",
          Overload.DEFAULT.stopAcceptingPercent(),
          0,
          100,
          "The same from which no connection is accepted; 0 is never.");
  private static final Option<Duration> MAX_LOOP_LAG =
      millis(
          "overloadMaxLoopLagMs",
          Overload.DEFAULT.maxLoopLag(),
          1,
          60_000,
          "Lasting lateness of an event loop that counts as all of its time.");

  /** All of them, in the order of the help. */
  static final List<Option<?>> ALL = List.of(NO_KEEP_ALIVE, REFUSE, STOP_ACCEPTING, MAX_LOOP_LAG);

  private OverloadOptions() {}

  static Overload overload(Values values) {
    return new Overload(
        values.get(NO_KEEP_ALIVE),
        values.get(REFUSE),
        values.get(STOP_ACCEPTING),
        values.get(MAX_LOOP_LAG));
  }
}
