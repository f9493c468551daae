package io.fairlead.router.fleet;

import java.util.function.IntPredicate;

/**
 * How many slots of a deployment each router should have.
 *
 * <p>If more is asked for than there is, each gets its part of what is asked, so that requests wait
 * equally long everywhere, and what rounding leaves over goes to who has waited longest: of a
 * single slot that two routers want, whoever's turn it is. Else each gets what it asks for, and of
 * the rest its part of the arrivals.
 */
final class Aims {
  private Aims() {}

  /**
   * Returns a number for each router; together they are {@code slots}, if there is a router.
   *
   * @param demand requests in use and waiting
   * @param waitMillis of its oldest request
   * @param arrivals per second, with something for each router
   */
  static int[] of(int slots, int[] demand, long[] waitMillis, double[] arrivals) {
    long demands = 0;
    for (int one : demand) {
      demands += one;
    }
    return demands >= slots && demands > 0
        ? byDemand(slots, demand, waitMillis, demands)
        : byArrivals(slots, demand, arrivals, (int) demands);
  }

  private static int[] byDemand(int slots, int[] demand, long[] waitMillis, long demands) {
    int[] aims = new int[demand.length];
    int left = slots;
    for (int i = 0; i < aims.length; i++) {
      aims[i] = (int) ((long) slots * demand[i] / demands);
      left -= aims[i];
    }
    long[] turn = waitMillis.clone();
    for (; left > 0; left--) {
      int next = greatest(turn, i -> aims[i] < demand[i]);
      aims[next]++;
      turn[next] = -1;
    }
    return aims;
  }

  private static int[] byArrivals(int slots, int[] demand, double[] arrivals, int demands) {
    int[] aims = demand.clone();
    if (aims.length == 0) {
      return aims;
    }
    int spare = slots - demands;
    double all = 0;
    for (double one : arrivals) {
      all += one;
    }
    int left = spare;
    double[] fraction = new double[aims.length];
    for (int i = 0; i < aims.length; i++) {
      double part = all > 0 ? spare * arrivals[i] / all : (double) spare / aims.length;
      aims[i] += (int) part;
      left -= (int) part;
      fraction[i] = part - (int) part;
    }
    for (; left > 0; left--) {
      int next = 0;
      for (int i = 1; i < fraction.length; i++) {
        next = fraction[i] > fraction[next] ? i : next;
      }
      aims[next]++;
      fraction[next] -= 1;
    }
    return aims;
  }

  /** Returns the first of those that fit with the greatest value, or of all if none fits. */
  private static int greatest(long[] values, IntPredicate fits) {
    int best = -1;
    for (int i = 0; i < values.length; i++) {
      if (fits.test(i) && (best < 0 || values[i] > values[best])) {
        best = i;
      }
    }
    return Math.max(0, best);
  }
}
