package io.fairlead.router.autoscale;

import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScheduledFloor;
import java.time.Instant;

/**
 * Decides how many replicas one deployment shall have.
 *
 * <p><b>The formula</b>, as azureml-fe documents it, in whole numbers: {@code desired = ceil((in
 * flight + queued) x 100 / (limit x percentage))}, within {@code minInstances} to {@code
 * maxInstances}.
 *
 * <p><b>Up</b> at once, at most as many again (or {@code maxStep}) in one decision. <b>Down</b>
 * only after the highest number desired in the last {@code max(20 intervals, 60 s)} was lower, to
 * that number, but by half at most (or {@code maxStep}); the window begins anew with each step, so
 * that the next one is made from what the load does with fewer replicas. What flaps is therefore
 * served by its peaks. No step down while those that are ready would not do and others are still
 * starting: what saturated replicas have in flight says less than the load.
 *
 * <p><b>Beyond the formula</b>, where the settings say so: see {@link
 * io.fairlead.router.model.ScaleOptions}.
 *
 * <p>Not thread-safe: one evaluation at a time, of one deployment.
 */
public final class Autoscaler {
  private static final long LEAST_WINDOW_NANOS = 60_000_000_000L;
  private static final int WINDOW_INTERVALS = 20;

  /** A step: arrivals need so many times as many replicas as are ready (Knative's 200 %). */
  private static final int PANIC_FACTOR = 2;

  private final RecentHighest recent = new RecentHighest();
  private int lastCurrent;

  /** Returns how long a lower number must have been desired before it is ordered. */
  public static long downWindowNanos(ScaleSettings settings) {
    return Math.max(LEAST_WINDOW_NANOS, WINDOW_INTERVALS * settings.pollingInterval().toNanos());
  }

  /** Returns {@code requests}, in thousandths, over the share of slots that is to be used. */
  static int desired(long requestMillis, int limit, int percent) {
    long perReplica = (long) limit * percent * 10; // thousandths of a request
    long whole = requestMillis / perReplica + (requestMillis % perReplica > 0 ? 1 : 0);
    return (int) Math.min(whole, Integer.MAX_VALUE);
  }

  /**
   * Decides.
   *
   * @param limit slots of one replica
   * @param current replicas that are ordered now
   * @param wall what a schedule goes by
   */
  public ScaleDecision decide(
      ScaleSettings settings,
      int limit,
      LoadReading reading,
      int current,
      Instant wall,
      long nowNanos) {
    if (limit <= 0) {
      recent.clear();
      return new ScaleDecision.Refused(
          ScaleRefusal.UNSUPPORTED,
          "maxConcurrentRequestsPerInstance: 0 (expected: 1 or more, for a utilization)");
    }
    return switch (reading) {
      case LoadReading.Stale stale -> {
        recent.clear(); // what is not known was not lower
        yield new ScaleDecision.Refused(ScaleRefusal.STALE_LOAD, stale.why());
      }
      case LoadReading.Unshared _ -> {
        recent.clear();
        yield new ScaleDecision.Refused(
            ScaleRefusal.UNSHARED_LOAD,
            "there are other routers whose load is not known (expected: peer and peers, so that"
                + " they share slots and say what is asked of them; or no other router)");
      }
      case FleetLoad load ->
          decide(settings, inputs(settings, limit, load, current, wall), nowNanos);
    };
  }

  private static ScaleInputs inputs(
      ScaleSettings settings, int limit, FleetLoad load, int current, Instant wall) {
    int least = settings.minInstances();
    for (ScheduledFloor floor : settings.options().schedule()) {
      if (floor.holdsAt(wall)) {
        least = Math.max(least, floor.minInstances());
      }
    }
    int most = settings.maxInstances();
    int coming = Math.max(load.starting(), Math.max(0, current - load.ready()));
    return new ScaleInputs(
        load,
        current,
        limit,
        settings.targetUtilizationPercentage(),
        Math.min(least, most),
        most,
        coming);
  }

  private ScaleDecision decide(ScaleSettings settings, ScaleInputs in, long nowNanos) {
    int needed = needed(settings, in);
    int panicked = settings.options().panic() ? panicked(in) : 0;
    boolean panics = panicked > needed && panicked >= PANIC_FACTOR * Math.max(1, in.load().ready());
    int desired = clamp(panics ? panicked : needed, in);
    if (in.current() < lastCurrent) {
      recent.clear();
    }
    lastCurrent = in.current();
    recent.add(desired, 3 * settings.pollingInterval().toNanos(), nowNanos);
    int from = clamp(in.current(), in);
    if (desired > from) {
      int to = panics ? desired : Math.min(desired, from + stepUp(settings, from));
      return new ScaleDecision.Change(panics ? ScaleRule.PANIC : ScaleRule.UP, desired, to, in);
    }
    if (from != in.current()) {
      return new ScaleDecision.Change(ScaleRule.RANGE, desired, from, in);
    }
    return desired == from
        ? new ScaleDecision.Keep(ScaleRule.STEADY, desired, in)
        : lower(settings, desired, in, nowNanos);
  }

  private ScaleDecision lower(ScaleSettings settings, int desired, ScaleInputs in, long nowNanos) {
    long window = downWindowNanos(settings);
    int highest = recent.highest(window, nowNanos);
    if (!recent.covers(window, nowNanos) || highest >= in.current()) {
      return new ScaleDecision.Keep(ScaleRule.WAIT_LOWER, desired, in);
    }
    if (in.coming() > 0 && desired > in.load().ready()) {
      return new ScaleDecision.Keep(ScaleRule.WAIT_STARTING, desired, in);
    }
    int to = Math.max(highest, in.current() - stepDown(settings, in.current()));
    return new ScaleDecision.Change(ScaleRule.DOWN, desired, to, in);
  }

  private static int needed(ScaleSettings settings, ScaleInputs in) {
    FleetLoad load = in.load();
    long queued = load.queued();
    if (settings.options().countStarting()) {
      queued = Math.max(0, queued - (long) in.limit() * in.coming());
    }
    int needed = desired((load.inFlight() + queued) * 1000, in.limit(), in.targetPercent());
    if (settings.options().countStarting() && load.queued() > queued) {
      needed = Math.max(needed, Math.min(in.current(), load.ready() + in.coming()));
    }
    // whoever came and went between two looks needs a replica as well
    return load.arrived() > 0 ? Math.max(1, needed) : needed;
  }

  private static int panicked(ScaleInputs in) {
    long offered = in.load().offeredMillis();
    return offered < 0 ? 0 : desired(offered, in.limit(), in.targetPercent());
  }

  private static int clamp(int number, ScaleInputs in) {
    return Math.clamp(number, in.least(), in.most());
  }

  private static int stepUp(ScaleSettings settings, int from) {
    return settings.maxStep() > 0 ? settings.maxStep() : Math.max(1, from);
  }

  private static int stepDown(ScaleSettings settings, int from) {
    return settings.maxStep() > 0 ? settings.maxStep() : from - from / 2;
  }
}
