package io.fairlead.router;

import io.fairlead.router.election.Reply;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once when a lease can be neither read nor written for longer than it lasts, and once when it
 * can again.
 */
final class LeaseTrouble {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseTrouble.class);

  private final long patienceNanos;
  private boolean fails;
  private boolean said;
  private long sinceNanos;

  LeaseTrouble(Duration patience) {
    this.patienceNanos = patience.toNanos();
  }

  void heard(Reply reply, long nowNanos) {
    if (!(reply instanceof Reply.Failed failed)) {
      if (said) {
        LOG.info("the lease answers again");
      }
      fails = false;
      said = false;
    } else if (!fails) {
      fails = true;
      sinceNanos = nowNanos;
    } else if (!said && nowNanos - sinceNanos > patienceNanos) {
      said = true;
      LOG.warn("the lease does not answer, nobody can be elected: {}", failed.reason());
    }
  }
}
