package io.fairlead.router.overload;

/** What a router gives up, each stage with what those before it do. */
public enum OverloadStage {
  /** Nothing. */
  NORMAL,
  /** Connections of callers are closed after their answer, and idle ones at once. */
  NO_KEEP_ALIVE,
  /** Requests are refused with 503. */
  REFUSE_REQUESTS,
  /** No connection is accepted. */
  STOP_ACCEPTING;

  /** Returns whether it does at least what {@code other} does. */
  public boolean atLeast(OverloadStage other) {
    return compareTo(other) >= 0;
  }
}
