package io.fairlead.router.proxy;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens unless it is put off: a node of a {@link TimerWheel}, made once per owner
 * and armed again and again.
 */
abstract class Timeout {
  /** When to expire, in the loop's nanoseconds. Meaningful while {@link #armed}. */
  long deadlineNanos;

  boolean armed;

  /** Where in the wheel it lies; may be earlier than the deadline asks for, never later. */
  long tick;

  boolean linked;
  @Nullable Timeout previous;
  @Nullable Timeout next;

  /** Called on the loop, once per arming, at or up to one tick after the deadline. */
  abstract void expired(long nowNanos);
}
