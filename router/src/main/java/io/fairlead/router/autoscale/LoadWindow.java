package io.fairlead.router.autoscale;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the routers of a fleet report of one deployment, and remembers enough of it to tell
 * rates: how many arrive, over some seconds, and how long they keep a slot, over a minute.
 *
 * <p>Reports carry counters that only grow, so that one that is lost costs nothing. One that is
 * smaller than before comes from a router that was started again.
 */
public final class LoadWindow {
  /** A report that is older says nothing of now. Routers report each second or more often. */
  public static final long MOST_AGE_NANOS = 5_000_000_000L;

  private static final long ARRIVALS_NANOS = 3_000_000_000L;
  private static final long DURATIONS_NANOS = 60_000_000_000L;

  /** Enough for a reading each second; of more the oldest go sooner. */
  private static final int MOST_SAMPLES = 64;

  private final Deque<Sample> samples = new ArrayDeque<>();
  private Map<String, LoadReport> last = Map.of();
  private long lastNanos;

  /** What happened between two readings. */
  private record Sample(long fromNanos, long untilNanos, long arrived, long finished, long busy) {}

  /**
   * Adds up {@code reports}.
   *
   * @param routers those of the fleet now; reports of others are left out
   */
  public LoadReading read(Collection<String> routers, List<LoadReport> reports, long nowNanos) {
    Map<String, LoadReport> current = new HashMap<>();
    for (LoadReport report : reports) {
      current.merge(report.reporter(), report, LoadWindow::younger);
    }
    current.keySet().retainAll(routers);
    String why = missing(routers, current);
    if (why != null) {
      return new LoadReading.Stale(why);
    }
    long arrived = remember(current, nowNanos);
    return sum(current.values(), arrived);
  }

  private static LoadReport younger(LoadReport one, LoadReport other) {
    return one.ageNanos() <= other.ageNanos() ? one : other;
  }

  private static @Nullable String missing(
      Collection<String> routers, Map<String, LoadReport> reports) {
    if (routers.isEmpty()) {
      return "no router reports its load";
    }
    for (String router : routers) {
      LoadReport report = reports.get(router);
      if (report == null) {
        return "no load report of " + router;
      }
      if (report.ageNanos() > MOST_AGE_NANOS) {
        return "the load report of "
            + router
            + " is "
            + report.ageNanos() / 1_000_000_000L
            + " s old (expected: "
            + MOST_AGE_NANOS / 1_000_000_000L
            + " s at most)";
      }
    }
    return null;
  }

  /** Notes what happened since the reading before; returns how many arrived. */
  private long remember(Map<String, LoadReport> current, long nowNanos) {
    long arrived = 0;
    long finished = 0;
    long busy = 0;
    for (LoadReport report : current.values()) {
      LoadReport before = last.get(report.reporter());
      if (before != null) {
        boolean restarted =
            report.arrived() < before.arrived() || report.finished() < before.finished();
        arrived += report.arrived() - (restarted ? 0 : before.arrived());
        finished += report.finished() - (restarted ? 0 : before.finished());
        busy += report.busyNanos() - (restarted ? 0 : before.busyNanos());
      }
    }
    if (!last.isEmpty() && nowNanos - lastNanos > 0) {
      samples.addLast(new Sample(lastNanos, nowNanos, arrived, finished, busy));
    }
    while (!samples.isEmpty()
        && (samples.size() > MOST_SAMPLES
            || nowNanos - samples.getFirst().untilNanos > DURATIONS_NANOS)) {
      samples.removeFirst();
    }
    last = Map.copyOf(current);
    lastNanos = nowNanos;
    return arrived;
  }

  private LoadReading sum(Collection<LoadReport> reports, long arrived) {
    long inFlight = 0;
    long queued = 0;
    int ready = 0;
    int starting = 0;
    for (LoadReport report : reports) {
      inFlight += report.inFlight();
      queued += report.queued();
      // all see the same replicas, some a little later
      ready = Math.max(ready, report.ready());
      starting = Math.max(starting, report.starting());
    }
    long finished = 0;
    long busy = 0;
    for (Sample sample : samples) {
      finished += sample.finished;
      busy += sample.busy;
    }
    long slotMicros = finished <= 0 ? -1 : Math.max(1, busy / finished / 1_000);
    return new FleetLoad(
        reports.size(),
        inFlight,
        queued,
        ready,
        starting,
        arrived,
        slotMicros,
        offeredMillis(slotMicros));
  }

  /**
   * Returns what would be in flight if nobody had to wait: arrivals per time, times the time each
   * keeps a slot (Little's law). It does not saturate, as what is in flight and queued does.
   */
  private long offeredMillis(long slotMicros) {
    long arrived = 0;
    long span = 0;
    for (var all = samples.descendingIterator(); all.hasNext() && span < ARRIVALS_NANOS; ) {
      Sample sample = all.next();
      arrived += sample.arrived;
      span += sample.untilNanos - sample.fromNanos;
    }
    // in floating point: what a peer says that arrives there may be anything
    return slotMicros < 0 || span <= 0
        ? -1
        : (long) ((double) arrived * slotMicros * 1_000 / Math.max(1, span / 1_000));
  }
}
