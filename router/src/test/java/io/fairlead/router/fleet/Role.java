package io.fairlead.router.fleet;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The lease that elects a coordinator: one object that is read, and written if nobody else did.
 * Hands may edit it, or take it away.
 */
final class Role {
  private @Nullable LeaseRecord lease;
  private long version;

  /** Whether a hand has done something, so that terms may be counted anew. */
  boolean wasTamperedWith;

  Reply read() {
    return lease == null ? new Reply.Absent() : new Reply.Found(lease, "" + version);
  }

  Reply write(LeaseRecord record, @Nullable String wanted) {
    if (lease == null ? wanted != null : !("" + version).equals(wanted)) {
      return new Reply.Conflict();
    }
    lease = record;
    version++;
    return new Reply.Written("" + version);
  }

  void tamper(@Nullable LeaseRecord record) {
    lease = record;
    version++;
    wasTamperedWith = true;
  }

  /** The same with another term. */
  void editTerm(long term) {
    if (lease != null) {
      LeaseRecord was = requireNonNull(lease);
      tamper(
          new LeaseRecord(
              was.holder(), was.duration(), was.acquired(), was.renewed(), term, was.others()));
    }
  }

  /** Returns who leads, or led last: a router's name with its life; empty if nobody. */
  String holder() {
    return lease == null ? "" : lease.holder();
  }

  String router() {
    return SimRouter.router(holder());
  }

  long epoch() {
    return lease == null ? 0 : lease.transitions();
  }
}
