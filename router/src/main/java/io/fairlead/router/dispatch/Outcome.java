package io.fairlead.router.dispatch;

/** How the use of a permit ended, as far as the health of its replica is concerned. */
public enum Outcome {
  /** The model answered, with whatever status. */
  ANSWERED,
  /** No connection could be made. */
  CONNECT_FAILED,
  /** The connection broke, or what came was no response. */
  RESET,
  /** The model took longer than the deployment allows. */
  TIMED_OUT,
  /** The caller left, or the permit was not needed after all: says nothing of the replica. */
  CANCELLED;

  /** Returns whether it counts toward ejection. */
  public boolean isFailure() {
    return this == CONNECT_FAILED || this == RESET || this == TIMED_OUT;
  }
}
