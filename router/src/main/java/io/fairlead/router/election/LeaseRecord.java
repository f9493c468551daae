package io.fairlead.router.election;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a lease says. The two stamps are another machine's wall clock, for people to read: nobody
 * decides by them. That it was written again is the sign of life; only who gives it up writes that
 * it was renewed before it was acquired.
 *
 * @param holder who leads, or empty: nobody
 * @param duration how long it is the holder's after the last sign of life
 * @param acquired when the holder took it
 * @param renewed when the holder last wrote it
 * @param transitions how often it was taken: the number of the holder's term
 * @param others whether another router than the holder takes part, as that one has noted
 */
public record LeaseRecord(
    String holder,
    Duration duration,
    Instant acquired,
    Instant renewed,
    long transitions,
    boolean others) {
  /** Longest name of a holder: a pod's name and a suffix fit. */
  public static final int MAX_HOLDER = 300;

  /** The holder of a lease that was made where there was none: it never gives a sign of life. */
  static final String NOBODY = "nobody";

  /** More is not a number of terms: one a second would take for 34 years. */
  private static final long MOST_TRANSITIONS = 1L << 30;

  /** Checks each value. */
  public LeaseRecord {
    if (holder.length() > MAX_HOLDER) {
      throw new IllegalArgumentException(
          "holder: " + holder.length() + " characters (expected: at most " + MAX_HOLDER + ")");
    }
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: " + duration + " (expected: not negative)");
    }
    if (transitions < 0) {
      throw new IllegalArgumentException(
          "transitions: " + transitions + " (expected: not negative)");
    }
  }

  /** Returns whether a router leads by it, or is about to. */
  boolean isHeld() {
    return !holder.isEmpty() && !holder.equals(NOBODY);
  }

  boolean isHeldBy(String name) {
    return holder.equals(name);
  }

  /** Returns whether its holder has given it up, to whom it names now or to whoever looks first. */
  boolean isGivenUp() {
    return renewed.isBefore(acquired);
  }

  LeaseRecord givenUpTo(String heir) {
    return new LeaseRecord(
        heir, duration, acquired, acquired.minus(1, ChronoUnit.MICROS), transitions, false);
  }

  boolean isAbsurd() {
    return transitions > MOST_TRANSITIONS;
  }
}
