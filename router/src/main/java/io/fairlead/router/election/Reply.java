package io.fairlead.router.election;

/** What became of a read or a write of the lease. */
public sealed interface Reply {
  /**
   * A read found this.
   *
   * @param version names exactly this state of the lease: a write that names it fails after any
   *     other write
   */
  record Found(LeaseRecord record, String version) implements Reply {}

  /** A read found that there is no lease. */
  record Absent() implements Reply {}

  /** A write happened, and gave the lease this version. */
  record Written(String version) implements Reply {}

  /** A write did not happen: somebody else has written since. */
  record Conflict() implements Reply {}

  /**
   * No answer, or none of use. A write may have happened, or may happen yet.
   *
   * @param reason for the log
   */
  record Failed(String reason) implements Reply {}
}
