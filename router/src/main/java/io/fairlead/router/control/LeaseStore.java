package io.fairlead.router.control;

import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The port to whatever holds the lease that routers elect their leader by. Calls may block, one at
 * a time; one that takes too long is interrupted. What goes wrong is a {@link Reply.Failed}.
 */
public interface LeaseStore {
  /** Returns {@link Reply.Found}, {@link Reply.Absent} or {@link Reply.Failed}. */
  Reply read() throws InterruptedException;

  /**
   * Writes if the lease still has {@code version}, or if there is none and that is null.
   *
   * @return {@link Reply.Written}, {@link Reply.Conflict} or {@link Reply.Failed}
   */
  Reply write(LeaseRecord record, @Nullable String version) throws InterruptedException;
}
