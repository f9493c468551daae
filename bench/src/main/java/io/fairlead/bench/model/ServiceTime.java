package io.fairlead.bench.model;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long a model takes for one answer. */
public sealed interface ServiceTime {
  /** Draws the time of one answer. */
  long nextNanos(RandomGenerator random);

  /** Always the same time. */
  record Fixed(Duration time) implements ServiceTime {
    @Override
    public long nextNanos(RandomGenerator random) {
      return time.toNanos();
    }
  }

  /**
   * Mostly near the median, now and then far beyond it, as inference on mixed inputs is.
   *
   * @param sigma standard deviation of the logarithm
   * @param most bound, so that no run hangs on one draw
   */
  record Lognormal(Duration median, double sigma, Duration most) implements ServiceTime {
    @Override
    public long nextNanos(RandomGenerator random) {
      double nanos = (double) median.toNanos() * Math.exp(sigma * random.nextGaussian());
      return Math.min((long) nanos, most.toNanos());
    }
  }

  /** One time until it becomes another. Safe for use by several threads. */
  final class Changing implements ServiceTime {
    private volatile ServiceTime now;

    /** Begins with {@code first}. */
    public Changing(ServiceTime first) {
      now = first;
    }

    /** Goes on with {@code next}. */
    public void become(ServiceTime next) {
      now = next;
    }

    @Override
    public long nextNanos(RandomGenerator random) {
      return now.nextNanos(random);
    }
  }
}
