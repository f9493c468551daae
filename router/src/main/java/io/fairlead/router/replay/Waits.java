package io.fairlead.router.replay;

/** How long requests waited for a slot, to the millisecond, and how many never got one. */
final class Waits {
  private static final int MOST_MILLIS = 300_001;

  private final int[] counts = new int[MOST_MILLIS + 1];
  private long served;
  private long refused;

  void served(long waitedNanos) {
    served++;
    counts[(int) Math.min(MOST_MILLIS, (waitedNanos + 999_999) / 1_000_000)]++;
  }

  void refused() {
    refused++;
  }

  long served() {
    return served;
  }

  long allRefused() {
    return refused;
  }

  /** Returns how many waited longer than {@code millis}, and were served. */
  long longerThan(long millis) {
    long longer = 0;
    for (long i = millis + 1; i <= MOST_MILLIS; i++) {
      longer += counts[(int) i];
    }
    return longer;
  }

  /** Returns what so many of a thousand waited at most, in milliseconds. */
  int permille(int share) {
    long rest = served * share / 1000;
    for (int i = 0; i < MOST_MILLIS; i++) {
      rest -= counts[i];
      if (rest <= 0) {
        return i;
      }
    }
    return MOST_MILLIS;
  }
}
