package io.fairlead.router;

import io.fairlead.router.cluster.ApiServer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three processes elect by a Lease of a real API server. */
@Tag("cluster")
@Timeout(300)
class LeaseObjectElectionTest {
  private static ApiServer server;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    server = ApiServer.shared();
  }

  @Test
  void neverTwoLeadWhateverBecomesOfTheLeaderAndTheServer() throws Exception {
    String namespace = server.namespace("election");
    try (var electors =
        new Electors(directory, "lease", server.kubeconfig().toString(), namespace)) {
      electors.start(3);
      long term = electors.awaitTermAfter(0);

      electors.signalLeader(term, "KILL");
      electors.start(1);
      term = electors.awaitTermAfter(term);

      server.stop();
      awaitThatNobodyLeads();
      server.start();
      term = electors.awaitTermAfter(term);

      server.hang();
      awaitThatNobodyLeads();
      server.goOn();
      term = electors.awaitTermAfter(term);

      term = electors.awaitTermWhileStopped(term);

      electors.signalLeader(term, "TERM");
      electors.awaitTermAfter(term);

      electors.checkThatTermsFollowEachOther();
    }
  }

  /** Waits for as long as somebody may lead without the server: it may be back sooner than that. */
  private static void awaitThatNobodyLeads() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(ElectingProcess.TIMES.duration().toMillis());
  }
}
