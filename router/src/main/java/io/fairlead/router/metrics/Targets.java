package io.fairlead.router.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint and deployment each ordinal stands for, with the series of each loop. A retired
 * target takes its series with it: what its last requests still record is dropped.
 *
 * <p>Written by the control thread, copied on each change; an event loop pays one volatile read.
 */
final class Targets {
  /** Stands for requests that no endpoint was found for. */
  private static final int NOBODY = 0;

  private final int loops;
  private volatile @Nullable Target[] byOrdinal;

  Targets(int loops) {
    this.loops = loops;
    this.byOrdinal = new @Nullable Target[] {new Target("", "", loops)};
  }

  synchronized void register(int ordinal, String endpoint, String deployment) {
    @Nullable Target[] current = byOrdinal;
    put(Math.max(current.length, ordinal + 1), ordinal, new Target(endpoint, deployment, loops));
  }

  synchronized void retire(int ordinal) {
    @Nullable Target[] current = byOrdinal;
    if (ordinal != NOBODY && ordinal < current.length) {
      put(current.length, ordinal, null);
    }
  }

  private void put(int length, int ordinal, @Nullable Target target) {
    @Nullable Target[] changed = Arrays.copyOf(byOrdinal, length);
    changed[ordinal] = target;
    byOrdinal = changed;
  }

  /** Returns where {@code loop} counts requests to {@code ordinal}, or null if it is retired. */
  @Nullable Series series(int ordinal, int loop) {
    @Nullable Target[] current = byOrdinal;
    Target target = ordinal < current.length ? current[ordinal] : null;
    return target == null ? null : target.of(loop);
  }

  /** Returns those that are registered now. */
  List<Target> registered() {
    List<Target> registered = new ArrayList<>();
    for (Target target : byOrdinal) {
      if (target != null) {
        registered.add(target);
      }
    }
    return registered;
  }

  /** What an ordinal stands for; {@code deployment} is empty where it is an endpoint. */
  static final class Target {
    final String endpoint;
    final String deployment;
    private final AtomicReferenceArray<@Nullable Series> byLoop;

    Target(String endpoint, String deployment, int loops) {
      this.endpoint = Objects.requireNonNull(endpoint);
      this.deployment = Objects.requireNonNull(deployment);
      this.byLoop = new AtomicReferenceArray<>(loops);
    }

    private Series of(int loop) {
      Series series = byLoop.getPlain(loop);
      if (series == null) {
        series = new Series();
        byLoop.setRelease(loop, series);
      }
      return series;
    }

    /** Returns what each loop has counted so far. */
    List<Series> series() {
      List<Series> series = new ArrayList<>();
      for (int loop = 0; loop < byLoop.length(); loop++) {
        Series ofLoop = byLoop.getAcquire(loop);
        if (ofLoop != null) {
          series.add(ofLoop);
        }
      }
      return series;
    }
  }
}
