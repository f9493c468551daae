package io.fairlead.bench.openloop;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** When the next request is meant to be sent, whatever became of those before. */
enum Arrivals {
  /** At even distances. */
  CONSTANT {
    @Override
    long gapNanos(double perSecond, RandomGenerator random) {
      return (long) (1e9 / perSecond);
    }
  },

  /** As from many callers who know nothing of each other: exponential distances. */
  POISSON {
    @Override
    long gapNanos(double perSecond, RandomGenerator random) {
      return (long) (1e9 / perSecond * -Math.log1p(-random.nextDouble()));
    }
  };

  abstract long gapNanos(double perSecond, RandomGenerator random);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
