package io.fairlead.router.jwks;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a source is asked next: after a while if it answered, after longer and longer ones if it did
 * not, and soon if a token names a key that is not there. All spread by chance, so that many
 * routers do not ask together.
 */
final class RefreshPlan {
  static final long REFRESH = Duration.ofMinutes(10).toNanos();
  static final long FIRST_RETRY = Duration.ofSeconds(1).toNanos();
  static final long LONGEST_RETRY = Duration.ofMinutes(5).toNanos();

  /** Whoever makes up key ids shall not make the router ask its issuer at will. */
  static final long UNKNOWN_KEY = Duration.ofSeconds(30).toNanos();

  private final RandomGenerator random;
  private long due;
  private long lastAsked;
  private long retry = FIRST_RETRY;

  /** Makes a plan that begins with asking at once. */
  RefreshPlan(RandomGenerator random, long now) {
    this.random = random;
    this.due = now;
    this.lastAsked = now - UNKNOWN_KEY;
  }

  /** Returns how long it is until the source is to be asked; 0 or less if it is now. */
  long delay(long now) {
    return due - now;
  }

  /** The source was asked at {@code now} and gave a good set. */
  void succeeded(long now) {
    lastAsked = now;
    retry = FIRST_RETRY;
    due = now + REFRESH - random.nextLong(REFRESH / 5);
  }

  /** The source was asked at {@code now} in vain. */
  void failed(long now) {
    lastAsked = now;
    due = now + retry / 2 + random.nextLong(retry / 2 + 1);
    retry = Math.min(retry * 2, LONGEST_RETRY);
  }

  /** A token names a key that is not there: it may be new. */
  void unknownKey(long now) {
    long soonest = Math.max(now, lastAsked + UNKNOWN_KEY);
    due = soonest - due < 0 ? soonest : due;
  }
}
