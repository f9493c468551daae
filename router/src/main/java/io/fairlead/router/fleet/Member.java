package io.fairlead.router.fleet;

import java.util.ArrayDeque;

/** One router, as its coordinator knows it. */
final class Member {
  private static final int MOST_OLD_LIVES = 8;

  final String router;
  long incarnation;
  long sequence;
  long seen;

  /** When it was heard last, or became known, in the coordinator's own time. */
  long heardNanos;

  /** Whether it was heard in this epoch. */
  boolean heard;

  boolean connected;
  boolean leaving;
  int protocol = Protocol.VERSION;

  /** Whether it is to be told something before it says something. */
  boolean toBeTold;

  private final ArrayDeque<Long> oldLives = new ArrayDeque<>();

  Member(String router, long incarnation, long nowNanos) {
    this.router = router;
    this.incarnation = incarnation;
    this.heardNanos = nowNanos;
  }

  boolean wasBefore(long life) {
    return oldLives.contains(life);
  }

  /** It says something, at that moment of the coordinator's own time. */
  void hear(Heartbeat beat, long nowNanos) {
    heard = true;
    connected = true;
    heardNanos = nowNanos;
    sequence = beat.sequence();
    seen = beat.seen();
    leaving = beat.leaving();
    protocol = Protocol.common(beat.protocol());
  }

  /** It has begun another life. */
  void live(long life) {
    oldLives.add(incarnation);
    if (oldLives.size() > MOST_OLD_LIVES) {
      oldLives.remove();
    }
    incarnation = life;
    sequence = 0;
    seen = 0;
    heard = false;
    leaving = false;
  }
}
