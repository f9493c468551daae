package io.fairlead.router.replay;

import io.fairlead.router.autoscale.Autoscaler;
import io.fairlead.router.autoscale.LoadReading;
import io.fairlead.router.autoscale.LoadReport;
import io.fairlead.router.autoscale.LoadWindow;
import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.model.ScaleSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A deployment in virtual time under the load of a trace, scaled by the {@link Autoscaler} that
 * scales real ones. Deterministic: the same trace, world and policy give the same result.
 */
public final class Replay {
  private static final long SECOND = 1_000_000_000L;
  private static final List<String> ROUTER = List.of("replay");

  private final Workplace world;
  private final Policy policy;
  private final Arrivals arrivals;
  private final int seconds;
  private final SplittableRandom random;
  private final Pods pods;
  private final Waits waits = new Waits();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final LoadWindow window = new LoadWindow();
  private final Autoscaler autoscaler = new Autoscaler();
  private final List<PolicyResult.Moment> course = new ArrayList<>();

  private long dueNumbers;
  private long arrived;
  private long finished;
  private long busyNanos;
  private int ups;
  private int downs;

  private record Waiting(long sinceNanos, long untilNanos, long slotNanos) {}

  /**
   * What happens at a time: a pod becomes ready, or gives a slot back.
   *
   * @param slotNanos 0 for becoming ready
   */
  private record Due(long atNanos, long number, Pod pod, long slotNanos)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private Replay(Trace trace, Workplace world, Policy policy) {
    this.world = world;
    this.policy = policy;
    this.arrivals = new Arrivals(trace, world.seed());
    this.seconds = trace.seconds();
    this.random = new SplittableRandom(~world.seed());
    this.pods = new Pods(world.limit());
  }

  /** Replays {@code trace} under each of {@code policies}. */
  public static List<PolicyResult> of(Trace trace, Workplace world, List<Policy> policies) {
    return policies.stream().map(policy -> new Replay(trace, world, policy).run()).toList();
  }

  private PolicyResult run() {
    // what is there at the start has been there before
    for (int i = 0; i < policy.settings().minInstances(); i++) {
      pods.becomeReady(pods.add(0));
    }
    boolean more = arrivals.advance();
    for (int second = 0; second < seconds; second++) {
      look(second);
      long until = (second + 1) * SECOND;
      while (more && arrivals.atNanos() < until) {
        catchUp(arrivals.atNanos());
        arrive(arrivals.atNanos(), arrivals.slotNanos());
        more = arrivals.advance();
      }
      catchUp(until);
    }
    long end = seconds * SECOND;
    queue.forEach(waiting -> waits.refused());
    return new PolicyResult(
        policy,
        pods.podSeconds(end),
        pods.most(),
        waits.served(),
        waits.longerThan(world.patience().toMillis()),
        waits.allRefused(),
        waits.permille(990),
        ups,
        downs,
        course);
  }

  private void look(int second) {
    long now = second * SECOND;
    if (second % policy.settings().pollingInterval().toSeconds() == 0) {
      dropLate(now);
      scale(second, now);
    }
    course.add(
        new PolicyResult.Moment(
            second, pods.ordered(), pods.ready(), pods.inFlight(), queue.size()));
  }

  private void scale(int second, long now) {
    LoadReport report =
        new LoadReport(
            "replay",
            0,
            pods.inFlight(),
            queue.size(),
            arrived,
            finished,
            busyNanos,
            pods.ready(),
            0);
    LoadReading load = window.read(ROUTER, List.of(report), now);
    ScaleDecision decision =
        autoscaler.decide(
            policy.settings(),
            world.limit(),
            load,
            pods.ordered(),
            world.start().plusSeconds(second),
            now);
    if (decision instanceof ScaleDecision.Change change) {
      ups += change.to() > pods.ordered() ? 1 : 0;
      downs += change.to() < pods.ordered() ? 1 : 0;
      while (pods.ordered() < change.to()) {
        add(now);
      }
      while (pods.ordered() > change.to()) {
        pods.removeOne(now);
      }
    }
  }

  private void add(long now) {
    // four to six fifths of the average, so that they do not all come at once
    long mean = world.podStart().toNanos();
    long ready = now + mean / 5 * 4 + random.nextLong(mean / 5 * 2 + 1);
    due.add(new Due(ready, dueNumbers++, pods.add(now), 0));
  }

  /** Lets everything happen that is due by {@code now}. */
  private void catchUp(long now) {
    while (!due.isEmpty() && due.peek().atNanos <= now) {
      Due next = due.remove();
      if (next.slotNanos == 0) {
        pods.becomeReady(next.pod);
      } else {
        finished++;
        busyNanos += next.slotNanos;
        pods.give(next.pod, next.atNanos);
      }
      serve(next.atNanos);
    }
  }

  private void serve(long now) {
    while (!queue.isEmpty()) {
      Waiting first = queue.getFirst();
      if (first.untilNanos <= now) {
        queue.removeFirst();
        waits.refused();
        continue;
      }
      Pod pod = pods.take();
      if (pod == null) {
        return;
      }
      queue.removeFirst();
      begin(pod, now - first.sinceNanos, first.slotNanos, now);
    }
  }

  private void begin(Pod pod, long waitedNanos, long slotNanos, long now) {
    waits.served(waitedNanos);
    due.add(new Due(now + slotNanos, dueNumbers++, pod, slotNanos));
  }

  private void arrive(long now, long slotNanos) {
    arrived++;
    @Nullable Pod pod = queue.isEmpty() ? pods.take() : null;
    if (pod != null) {
      begin(pod, 0, slotNanos, now);
      return;
    }
    dropLate(now);
    ScaleSettings settings = policy.settings();
    boolean cold = pods.ready() == 0;
    boolean held = cold && settings.minInstances() == 0;
    int places =
        world.maxQueueLength() >= 0
            ? world.maxQueueLength()
            : world.limit() * Math.max(held ? 1 : 0, pods.ready());
    if (queue.size() >= places || (cold && !held)) {
      waits.refused();
      return;
    }
    long wait =
        held ? settings.options().coldStartWait().toNanos() : world.maxQueueWait().toNanos();
    queue.addLast(new Waiting(now, now + wait, slotNanos));
  }

  private void dropLate(long now) {
    queue.removeIf(
        waiting -> {
          boolean late = waiting.untilNanos <= now;
          if (late) {
            waits.refused();
          }
          return late;
        });
  }
}
