package io.fairlead.router.replay;

/** One replica of a replay. */
final class Pod {
  final long orderedNanos;
  boolean ready;
  boolean removed;
  int busy;

  Pod(long orderedNanos) {
    this.orderedNanos = orderedNanos;
  }
}
