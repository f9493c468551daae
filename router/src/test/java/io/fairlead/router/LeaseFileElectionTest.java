package io.fairlead.router;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three processes elect by one file while they are killed, stopped and asked to leave. */
@Timeout(300)
class LeaseFileElectionTest {
  @TempDir Path directory;

  @Test
  void neverTwoLeadWhateverBecomesOfTheLeader() throws Exception {
    try (var electors = new Electors(directory, "file", directory.resolve("lease").toString())) {
      electors.start(3);
      long term = electors.awaitTermAfter(0);

      electors.signalLeader(term, "KILL");
      electors.start(1);
      term = electors.awaitTermAfter(term);

      term = electors.awaitTermWhileStopped(term);

      electors.signalLeader(term, "TERM");
      electors.awaitTermAfter(term);

      electors.checkThatTermsFollowEachOther();
    }
  }
}
