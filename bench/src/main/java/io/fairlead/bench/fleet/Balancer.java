package io.fairlead.bench.fleet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Sends to the routers in turn, each request when it is due, whatever became of those before. */
final class Balancer implements AutoCloseable {
  private static final int CONNECTIONS = 64;

  private final int connections;
  private final List<Lane> lanes = new CopyOnWriteArrayList<>();
  private int turn;

  Balancer(List<FleetProcess> routers) throws TimeoutException, InterruptedException {
    this(routers, CONNECTIONS);
  }

  /** Keeps so many connections to each. */
  Balancer(List<FleetProcess> routers, int connections)
      throws TimeoutException, InterruptedException {
    this.connections = connections;
    for (FleetProcess router : routers) {
      lanes.add(new Lane(router, connections));
    }
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** A router is another process now. */
  void replace(int index, FleetProcess router) throws TimeoutException, InterruptedException {
    Lane before = lanes.get(index);
    lanes.set(index, new Lane(router, connections));
    before.close();
  }

  /** A router that stood still works again: first it ends what it had. */
  void reopen(int index) {
    Lane lane = lanes.get(index);
    settle(List.of(lane));
    lane.reopen();
  }

  /** Sends so many a second, and waits for the last answers. */
  void run(double perSecond, double seconds, Tally tally) {
    long start = System.nanoTime();
    long count = (long) (perSecond * seconds);
    for (long i = 0; i < count; i++) {
      long due = start + (long) (i * 1e9 / perSecond);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      next().send(due, tally, () -> {});
    }
    settle();
  }

  private Lane next() {
    for (int tries = 0; tries < lanes.size(); tries++) {
      Lane lane = lanes.get(turn++ % lanes.size());
      if (lane.isOpen()) {
        return lane;
      }
    }
    throw new IllegalStateException("no router is left (expected: one at a time is away)");
  }

  /** Waits until nothing is under way with a router that is asked. */
  void settle() {
    settle(lanes.stream().filter(Lane::isOpen).toList());
  }

  private static void settle(List<Lane> some) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (some.stream().anyMatch(lane -> lane.inFlight() > 0) && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    lanes.forEach(Lane::close);
  }
}
