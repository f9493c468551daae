package io.fairlead.router;

import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.election.Standing;
import io.fairlead.router.kubernetes.ApiClient;
import io.fairlead.router.kubernetes.LeaseObject;
import io.fairlead.router.lease.LeaseFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Takes part in an election by a file or a Lease, and prints when it leads: {@code TERM NANOS} in
 * the time of the machine, which all its processes share. SIGTERM makes it leave.
 */
final class ElectingProcess {
  static final LeaseTimes TIMES = LeaseTimes.of(Duration.ofSeconds(2));

  private ElectingProcess() {}

  /** Runs as {@code NAME}, with {@code NAME file FILE} or {@code NAME lease CONFIG NAMESPACE}. */
  public static void main(String[] args) throws InterruptedException, IOException {
    var election =
        new LeaderElection(
            args[0],
            store(args),
            TIMES,
            Clock.systemUTC(),
            System::nanoTime,
            new SplittableRandom(args[0].hashCode()));
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

  private static LeaseStore store(String[] args) throws IOException {
    Path path = Path.of(args[2]);
    return args[1].equals("file")
        ? new LeaseFile(path)
        : new LeaseObject(ApiClient.open(path), args[3], "fairlead-router");
  }

  private static void leave(LeaderElection election) {
    try {
      election.release("", Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
