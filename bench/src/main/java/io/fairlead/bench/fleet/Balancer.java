package io.fairlead.bench.fleet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Sends to the routers in turn, each request when it is due, whatever became of those before. */
final class Balancer implements AutoCloseable {
  private static final int CONNECTIONS = 64;

  private final List<Lane> lanes = new CopyOnWriteArrayList<>();
  private int turn;

  Balancer(List<FleetProcess> routers) throws TimeoutException, InterruptedException {
    for (FleetProcess router : routers) {
      lanes.add(new Lane(router, CONNECTIONS));
    }
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** A router is another process now. */
  void replace(int index, FleetProcess router) throws TimeoutException, InterruptedException {
    Lane before = lanes.get(index);
    lanes.set(index, new Lane(router, CONNECTIONS));
    before.close();
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
      next().send(due, tally::ended);
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

  /** Waits until nothing is under way. */
  void settle() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (lanes.stream().anyMatch(lane -> lane.isOpen() && lane.inFlight() > 0)
        && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    lanes.forEach(Lane::close);
  }
}
