package io.fairlead.router.dispatch;

import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.Scoring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A dispatcher in virtual time, and the callers that ask it. */
final class Scene {
  static final long MILLI = 1_000_000L;
  static final long SECOND = 1_000 * MILLI;

  /** Starts where additions overflow soon, as a clock of nanoseconds may. */
  long now = Long.MAX_VALUE - SECOND;

  final Dispatcher dispatcher;

  Scene(Deployment deployment) {
    this(deployment, 1);
  }

  Scene(Deployment deployment, long seed) {
    dispatcher =
        new Dispatcher(deployment, Limits.Upstream.DEFAULT, new SplittableRandom(seed), now);
  }

  static Deployment deployment(int replicas, int limit) {
    return deployment(replicas, limit, 500, -1);
  }

  static Deployment deployment(int replicas, int limit, int maxQueueWaitMs, int maxQueueLength) {
    List<Replica> list = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      list.add(replica(i));
    }
    return deployment(list, limit, maxQueueWaitMs, maxQueueLength);
  }

  static Deployment deployment(
      List<Replica> replicas, int limit, int maxQueueWaitMs, int maxQueueLength) {
    return new Deployment(
        new DeploymentKey("default", "echo", "blue"),
        replicas,
        Scoring.DEFAULT,
        new RequestSettings(
            Duration.ofSeconds(5),
            limit,
            Duration.ofMillis(maxQueueWaitMs),
            maxQueueLength,
            65_536,
            OnClientGone.HOLD,
            false,
            false));
  }

  /** Returns the deployment with a path to probe its replicas at. */
  static Deployment probed(Deployment d) {
    var scoring = new Scoring(5001, "/score", Scoring.Protocol.HTTP1, "/");
    return new Deployment(d.key(), d.replicas(), scoring, d.requestSettings());
  }

  static Replica replica(int i) {
    return new Replica("10.0." + i / 250 + "." + (1 + i % 250), 5001);
  }

  void advanceMillis(long millis) {
    now += millis * MILLI;
  }

  void update(Deployment deployment) {
    dispatcher.update(deployment, now);
  }

  Caller call() {
    return call(60_000);
  }

  Caller call(long deadlineMillis) {
    Caller caller = new Caller();
    caller.result = dispatcher.acquire(caller, now + deadlineMillis * MILLI, now);
    return caller;
  }

  List<Caller> calls(int count) {
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      callers.add(call());
    }
    return callers;
  }

  Load load() {
    return dispatcher.load(now);
  }

  /** One request: what it was answered at once, and what it was granted later. */
  final class Caller implements Waiter {
    DispatchResult result = new Rejected(RouterError.DRAINING, NONE);
    final List<Permit> granted = new ArrayList<>();

    @Override
    public void granted(Permit permit) {
      granted.add(permit);
    }

    Permit permit() {
      return result instanceof Permit permit ? permit : granted.getFirst();
    }

    Ticket ticket() {
      return (Ticket) result;
    }

    Rejected rejected() {
      return (Rejected) result;
    }

    boolean isServed() {
      return result instanceof Permit || !granted.isEmpty();
    }

    void end(Outcome outcome) {
      permit().release(outcome, now);
    }

    void answer() {
      end(Outcome.ANSWERED);
    }
  }

  private static final Load NONE = new Load(0, 0, 0, 0, 0, 0, 0, 0);
}
