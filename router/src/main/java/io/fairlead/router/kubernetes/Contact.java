package io.fairlead.router.kubernetes;

import java.util.function.LongSupplier;

/** When an API server was last heard, and what is wrong since. For any thread. */
final class Contact {
  private final LongSupplier nanos;
  private long heardAt;
  private String problem = "not asked yet";

  Contact(LongSupplier nanos) {
    this.nanos = nanos;
    heardAt = nanos.getAsLong();
  }

  /** Notes that the server said something. */
  synchronized void heard() {
    heardAt = nanos.getAsLong();
    problem = "";
  }

  /** Notes that it did not; returns whether that is a new problem. */
  synchronized boolean failed(String why) {
    boolean isNew = !problem.equals(why);
    problem = why;
    return isNew;
  }

  /** Returns when it was last heard. */
  synchronized long heardAt() {
    return heardAt;
  }

  /** Returns what is wrong; empty if nothing is. */
  synchronized String problem() {
    return problem;
  }
}
