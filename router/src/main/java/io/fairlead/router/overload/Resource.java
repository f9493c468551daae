package io.fairlead.router.overload;

import java.util.Locale;

/** What a router may run out of. */
public enum Resource {
  /** Objects, as far as they survived the last collection. */
  HEAP,
  /** Buffers in use. */
  DIRECT_MEMORY,
  /** Everything the control group is charged for, but for what the kernel would give up at once. */
  CGROUP_MEMORY,
  /** Open files and sockets. */
  DESCRIPTORS,
  /** How late the event loops are, of how late they may be. */
  LOOP_LAG;

  /** Returns the value of the tag and the word in messages. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
