package io.fairlead.router;

import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.election.Standing;
import io.fairlead.router.lease.LeaseFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Takes part in an election by file, and prints when it leads: {@code TERM NANOS} in the time of
 * the machine, which all its processes share. SIGTERM makes it leave.
 */
final class ElectingProcess {
  static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofSeconds(2));

  private ElectingProcess() {}

  /** Runs as {@code args[1]} over the file {@code args[0]}. */
  public static void main(String[] args) throws InterruptedException {
    var election =
        new LeaderElection(
            args[1],
            new LeaseFile(Path.of(args[0])),
            TIMES,
            Clock.systemUTC(),
            System::nanoTime,
            new SplittableRandom(args[1].hashCode()));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(election)));
    election.start();
    while (true) {
      long now = System.nanoTime();
      if (election.standing(now) instanceof Standing.Leader leader) {
        System.out.println(leader.term() + " " + now);
      }
      Thread.sleep(5);
    }
  }

  private static void leave(LeaderElection election) {
    try {
      election.release("", Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
