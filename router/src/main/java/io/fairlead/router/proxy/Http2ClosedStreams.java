package io.fairlead.router.proxy;

import java.util.Arrays;

/**
 * The streams of one connection that ended last, and which of them we reset.
 *
 * <p>RFC 9113 5.1: frames may still be on their way to a stream that we reset, and are ignored; on
 * a stream that the peer has ended they are an error. What is older than this memory is told by its
 * number alone.
 */
final class Http2ClosedStreams {
  /** More than we may reset in a window of time, so that none of those is forgotten. */
  private static final int SIZE = 256;

  private static final int RESET = 1 << 31;

  private int[] ring = new int[16];
  private int next;

  /** Remembers that a stream has ended. */
  void add(int stream, boolean resetByUs) {
    if (next == ring.length && next < SIZE) {
      ring = Arrays.copyOf(ring, next * 2); // most connections never need all of it
    }
    ring[next++ % ring.length] = resetByUs ? stream | RESET : stream;
    if (next == 2 * SIZE) {
      next = SIZE;
    }
  }

  /** Returns whether we reset this stream lately. */
  boolean wasReset(int stream) {
    return holds(stream | RESET);
  }

  /** Returns whether this stream has ended lately other than by our reset. */
  boolean hasEnded(int stream) {
    return holds(stream);
  }

  private boolean holds(int entry) {
    for (int i = Math.min(next, ring.length) - 1; i >= 0; i--) {
      if (ring[i] == entry) {
        return true;
      }
    }
    return false;
  }
}
