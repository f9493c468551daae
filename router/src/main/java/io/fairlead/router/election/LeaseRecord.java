package io.fairlead.router.election;

import java.time.Duration;
import java.time.Instant;

/**
 * What a lease says. The two stamps are another machine's wall clock, for people to read: nobody
 * decides by them. That it was written again is the sign of life.
 *
 * @param holder who leads, or empty: the lease is free
 * @param duration how long it is the holder's after the last sign of life
 * @param acquired when the holder took it
 * @param renewed when the holder last wrote it
 * @param transitions how often it was taken: the number of the holder's term
 */
public record LeaseRecord(
    String holder, Duration duration, Instant acquired, Instant renewed, long transitions) {
  /** Longest name of a holder: a pod's name and a suffix fit. */
  public static final int MAX_HOLDER = 300;

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

  boolean isFree() {
    return holder.isEmpty();
  }

  boolean isHeldBy(String name) {
    return holder.equals(name);
  }
}
