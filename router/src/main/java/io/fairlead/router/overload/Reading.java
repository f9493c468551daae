package io.fairlead.router.overload;

/**
 * How much of one resource is in use at one moment.
 *
 * @param permille thousandths of what there may be; above 1000 where that can be exceeded
 */
public record Reading(Resource resource, int permille) {
  /** Reads {@code used} of {@code most}, both not negative; of nothing everything is in use. */
  public static Reading of(Resource resource, long used, long most) {
    double share = most <= 0 ? 1 : (double) used / most;
    return new Reading(resource, (int) Math.min(Integer.MAX_VALUE, share * 1000));
  }

  /** Returns such as {@code heap 96 %}. */
  @Override
  public String toString() {
    return resource.text() + " " + permille / 10 + " %";
  }
}
