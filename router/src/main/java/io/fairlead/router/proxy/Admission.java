package io.fairlead.router.proxy;

import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How much the router takes on in all: connections over all loops, and each loop's requests. */
final class Admission {
  private final int maxConnections;
  private final int requestsPerLoop;
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean ready = true;
  private volatile boolean parting;
  private volatile boolean draining;
  private volatile OverloadStage stage = OverloadStage.NORMAL;
  private volatile @Nullable Refusal overload;

  Admission(Limits.Connections limits, int loops) {
    this.maxConnections = limits.maxTotal();
    this.requestsPerLoop = Math.max(1, limits.maxRequestsInFlight() / loops);
  }

  /** Counts a connection in, unless there are too many. */
  boolean admitConnection() {
    if (connections.incrementAndGet() > maxConnections) {
      connections.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Counts a connection out. */
  void releaseConnection() {
    connections.decrementAndGet();
  }

  /** Returns how many callers are connected. */
  int connections() {
    return connections.get();
  }

  /** Returns a loop's share of the requests in flight. */
  int requestsPerLoop() {
    return requestsPerLoop;
  }

  /** Says that load balancers should send their callers elsewhere; everybody is still served. */
  void notReady() {
    ready = false;
  }

  boolean isReady() {
    return ready;
  }

  /** Says that callers should go elsewhere: no connection is kept, and new ones are served. */
  void part() {
    parting = true;
  }

  /** Says that the router is shutting down: no connection serves more than what it has begun. */
  void drain() {
    ready = false;
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  /**
   * Says what is given up from now on.
   *
   * @return what was before
   */
  OverloadStage overload(OverloadState state) {
    OverloadStage before = stage;
    stage = state.stage();
    overload = stage.atLeast(OverloadStage.REFUSE_REQUESTS) ? ErrorAnswers.overloaded(state) : null;
    return before;
  }

  /** Returns why no request is taken on at all now; null if any may be. */
  @Nullable Refusal overload() {
    return overload;
  }

  /** Returns whether a connection may serve more than what it has begun. */
  boolean keepsConnections() {
    return !parting && !draining && stage == OverloadStage.NORMAL;
  }
}
