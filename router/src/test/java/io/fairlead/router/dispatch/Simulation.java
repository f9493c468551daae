package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One random history of a dispatcher and a model beside it, as naive as possible: a list of permits
 * that are out and a list of requests that wait. After each step both must agree.
 */
final class Simulation {
  private static final int REPLICAS = 6;

  private final SplittableRandom random;
  private final Dispatcher dispatcher;
  private final List<Permit> out = new ArrayList<>();
  private final Set<Permit> probes = new HashSet<>();
  private final List<Request> waiting = new ArrayList<>();
  private final List<Request> everQueued = new ArrayList<>();
  private Deployment deployment;
  private long now;
  private String last = "start";
  private int granted;
  private int grantedLater;
  private int grantedEarly;
  private int infeasible;
  private int hedges;
  private int probed;
  private int lost;
  private int overtakes;
  private int stepsWithEjection;

  Simulation(long seed) {
    random = new SplittableRandom(seed);
    now = random.nextLong();
    deployment = randomDeployment();
    dispatcher =
        new Dispatcher(deployment, Limits.Upstream.DEFAULT, new SplittableRandom(~seed), now);
  }

  /** A request that was queued, and its end. */
  private final class Request implements Waiter {
    private @Nullable Ticket ticket;
    private boolean hurried;
    private boolean cancelled;
    private int grants;

    @Override
    public void granted(Permit permit) {
      assertThat(cancelled).as("granted after cancel").isFalse();
      assertThat(++grants).as("grants of one ticket").isEqualTo(1);
      assertThat(isDue()).as("granted after the deadline").isFalse();
      List<Request> live = waiting.stream().filter(request -> !request.isDue()).toList();
      Request oldest = live.getFirst();
      assertThat(this).as("whose turn it is").isSameAs(overtakes < 3 ? soonest(live) : oldest);
      overtakes = this == oldest ? 0 : overtakes + 1;
      grantedEarly += this == oldest ? 0 : 1;
      waiting.remove(this);
      grantedLater++;
      // nothing less loaded is checked here: a chain of grants is told after all were made
      hold(permit);
    }

    boolean isDue() {
      return left() <= 0;
    }

    long left() {
      return ticket == null ? Long.MAX_VALUE : ticket.deadlineNanos() - now;
    }
  }

  /** Of those who wait as long as they may the oldest, of the others the one that is due first. */
  private static Request soonest(List<Request> live) {
    Optional<Request> patient = live.stream().filter(request -> !request.hurried).findFirst();
    return Stream.concat(live.stream().filter(request -> request.hurried), patient.stream())
        .min(Comparator.comparingLong(Request::left).thenComparingInt(live::indexOf))
        .orElseThrow();
  }

  void step() {
    switch (random.nextInt(18)) {
      case 0, 1, 2, 3, 4, 5 -> acquire();
      case 6, 7, 8, 9 -> release();
      case 10 -> cancel();
      case 11 -> second(random.nextBoolean());
      case 12, 13 -> pass(random.nextLong(200 * Scene.MILLI));
      case 14 -> rarely();
      case 15 -> probe();
      case 16 -> lose();
      default -> {
        last = "advance";
        dispatcher.advance(now);
      }
    }
    check();
  }

  private void rarely() {
    if (random.nextInt(3) == 0) {
      pass(random.nextLong(60 * Scene.SECOND));
    } else {
      last = "update";
      deployment = randomDeployment();
      dispatcher.update(deployment, now);
    }
  }

  private Deployment randomDeployment() {
    List<Replica> replicas = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      if (random.nextInt(3) > 0) {
        replicas.add(Scene.replica(i));
      }
    }
    int limit = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(4);
    Deployment made =
        Scene.deployment(replicas, limit, random.nextInt(1_000), random.nextInt(8) - 1);
    return random.nextInt(3) == 0 ? made : Scene.probed(made);
  }

  private void probe() {
    last = "probe";
    dispatcher.probeDue(
        permit -> {
          probed++;
          probes.add(permit);
          hold(permit);
        },
        now);
    assertThat(probes).hasSizeLessThanOrEqualTo(REPLICAS);
  }

  private void acquire() {
    last = "acquire";
    Request request = new Request();
    // what is due by now happens in the call: let it happen before the model looks
    dispatcher.advance(now);
    Map<Replica, Integer> before = loads();
    long patience = random.nextLong(2 * Scene.SECOND);
    request.hurried = patience < deployment.requestSettings().maxQueueWait().toNanos();
    switch (dispatcher.acquire(request, now + patience, now)) {
      case Permit permit -> {
        if (limit() > 0 && dispatcher.load(now).ejectedReplicas() == 0) {
          assertThat(before.get(permit.replica()))
              .as("least loaded")
              .isEqualTo(before.values().stream().min(Integer::compare).orElseThrow());
        }
        hold(permit);
      }
      case Ticket ticket -> {
        Load load = dispatcher.load(now);
        assertThat(load.queued()).isLessThanOrEqualTo(load.queueLimit());
        request.ticket = ticket;
        waiting.add(request);
        everQueued.add(request);
      }
      case Rejected rejected -> {
        boolean none = deployment.replicas().isEmpty();
        if (rejected.error() == RouterError.DEADLINE_INFEASIBLE) {
          assertThat(request.hurried).as("infeasible").isTrue();
          infeasible++;
        } else {
          assertThat(rejected.error() == RouterError.MODEL_NOT_READY).isEqualTo(none);
        }
        assertThat(rejected.load().readyReplicas() == 0).isEqualTo(none);
        assertThat(replicasWithFreeSlots())
            .isLessThanOrEqualTo(dispatcher.load(now).ejectedReplicas());
      }
    }
  }

  private void second(boolean hedge) {
    last = hedge ? "hedge" : "retry";
    Replica avoid = Scene.replica(random.nextInt(REPLICAS));
    Permit permit =
        hedge ? dispatcher.acquireHedge(avoid, now) : dispatcher.acquireRetry(avoid, now);
    if (permit != null) {
      if (hedge || dispatcher.load(now).readyReplicas() > 1) {
        assertThat(permit.replica()).isNotEqualTo(avoid);
      }
      hedges += hedge ? 1 : 0;
      hold(permit);
    }
  }

  private void hold(Permit permit) {
    granted++;
    out.add(permit);
    assertThat(deployment.replicas()).as("granted on a member").contains(permit.replica());
    if (limit() > 0) {
      assertThat(inFlight(permit.replica())).isLessThanOrEqualTo(limit());
    }
  }

  private void release() {
    last = "release";
    if (!out.isEmpty()) {
      Permit permit = out.remove(random.nextInt(out.size()));
      boolean probe = probes.remove(permit);
      int told = random.nextInt(3); // before the release, after it, or never
      if (probe && told == 0) {
        permit.probed(random.nextInt(3) == 0, now);
      }
      // one replica is bad most of the time, so that it is ejected
      boolean bad = permit.replica().equals(Scene.replica(1)) || random.nextInt(4) == 0;
      Outcome[] outcomes = Outcome.values();
      Outcome outcome = bad ? Outcome.RESET : outcomes[random.nextInt(outcomes.length)];
      permit.release(outcome, now);
      if (probe && told == 1) {
        permit.probed(random.nextInt(3) == 0, now);
      }
    }
  }

  /** A slot is found to have leaked, and perhaps released all the same. */
  private void lose() {
    last = "lose";
    if (!out.isEmpty() && random.nextInt(4) == 0) {
      Permit permit = out.remove(random.nextInt(out.size()));
      probes.remove(permit);
      permit.missed(now);
      permit.missed(now);
      if (random.nextBoolean()) {
        permit.release(Outcome.RESET, now);
      }
      lost++;
    }
  }

  private void cancel() {
    last = "cancel";
    if (!everQueued.isEmpty()) {
      Request request = everQueued.get(random.nextInt(everQueued.size()));
      end(request);
    }
  }

  private void end(Request request) {
    boolean expected = request.grants == 0;
    request.cancelled = expected;
    waiting.remove(request);
    assertThat(request.ticket).isNotNull();
    if (request.ticket != null) {
      assertThat(request.ticket.cancel(now)).isEqualTo(expected);
    }
  }

  private void pass(long nanos) {
    last = "pass";
    now += nanos;
  }

  private void check() {
    dispatcher.advance(now);
    Load load = dispatcher.load(now);
    int live = (int) waiting.stream().filter(request -> !request.isDue()).count();
    assertThat(load.inFlight()).as("in flight").isEqualTo(out.size());
    assertThat(load.queued()).as("queued").isBetween(live, waiting.size());
    assertThat(load.ejectedReplicas() * 2).isLessThanOrEqualTo(deployment.replicas().size());
    assertThat(load.readyReplicas() + load.ejectedReplicas())
        .isEqualTo(deployment.replicas().size());
    assertThat(load.drainingReplicas()).as("draining").isEqualTo(draining());
    if (live > 0) {
      assertThat(replicasWithFreeSlots())
          .as("free although somebody waits")
          .isLessThanOrEqualTo(load.ejectedReplicas());
    }
    stepsWithEjection += load.ejectedReplicas() > 0 ? 1 : 0;
  }

  /** Everybody leaves: nothing may remain. */
  void finish() {
    last = "finish";
    List.copyOf(everQueued).forEach(this::end);
    releaseAll();
    check();
    assertThat(dispatcher.leaks()).isEqualTo(lost);
    probesGoOn();
    assertThat(dispatcher.load(now).queued()).isZero();
    assertThat(dispatcher.doubleReleases()).isZero();
  }

  private void releaseAll() {
    while (!out.isEmpty()) {
      out.removeLast().release(Outcome.CANCELLED, now);
    }
    probes.clear();
  }

  /** Whatever became of probes, there is room for the next. */
  private void probesGoOn() {
    deployment = Scene.probed(Scene.deployment(REPLICAS, 1));
    dispatcher.update(deployment, now);
    pass(60 * Scene.SECOND);
    int before = probed;
    probe();
    assertThat(probed).as("probes").isEqualTo(before + 1);
    releaseAll();
  }

  private int limit() {
    return deployment.requestSettings().maxConcurrentRequestsPerInstance();
  }

  private int inFlight(Replica replica) {
    return (int) out.stream().filter(permit -> permit.replica().equals(replica)).count();
  }

  private Map<Replica, Integer> loads() {
    Map<Replica, Integer> loads = new HashMap<>();
    deployment.replicas().forEach(replica -> loads.put(replica, inFlight(replica)));
    return loads;
  }

  private int replicasWithFreeSlots() {
    return (int) loads().values().stream().filter(load -> limit() == 0 || load < limit()).count();
  }

  private int draining() {
    return (int)
        out.stream()
            .map(Permit::replica)
            .filter(replica -> !deployment.replicas().contains(replica))
            .distinct()
            .count();
  }

  String last() {
    return last;
  }

  int granted() {
    return granted;
  }

  int grantedLater() {
    return grantedLater;
  }

  int grantedEarly() {
    return grantedEarly;
  }

  int hedges() {
    return hedges;
  }

  int probed() {
    return probed;
  }

  int lost() {
    return lost;
  }

  int infeasible() {
    return infeasible;
  }

  int stepsWithEjection() {
    return stepsWithEjection;
  }
}
