package io.fairlead.router.overload;

/**
 * The least of the last three values: what lasts, and not one pause of a collection or one burst.
 */
public final class Sustained {
  private long last;
  private long oneBefore;

  /** Takes the next value and returns the least of it and the two before; at first of 0. */
  public long of(long value) {
    long least = Math.min(value, Math.min(last, oneBefore));
    oneBefore = last;
    last = value;
    return least;
  }
}
