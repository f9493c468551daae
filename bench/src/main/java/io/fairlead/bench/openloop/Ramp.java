package io.fairlead.bench.openloop;

import java.util.ArrayList;
import java.util.List;

/**
 * The search for the knee: the rate up to which latency stays what it is at little load.
 *
 * <p>The rate grows by half from step to step until one is beyond the knee, then the last interval
 * is halved a few times. A step is beyond if its p99 is more than {@value #TOLERATED} times that of
 * the first, and at least {@value #FLOOR_MICROS} µs, or if more than one in a thousand failed.
 */
final class Ramp {
  static final double GROWTH = 1.5;
  static final double TOLERATED = 10;
  static final double FLOOR_MICROS = 5_000;
  private static final int MAX_STEPS = 24;
  private static final int HALVINGS = 2;

  /** Runs one rate. */
  interface Runner {
    StepResult run(double rate) throws InterruptedException;
  }

  /**
   * All steps, and the highest rate that was not beyond the knee.
   *
   * @param knee 0 if even the first step failed
   * @param found whether a step beyond it was seen
   */
  record Result(List<StepResult> steps, double knee, boolean found) {}

  private final Runner runner;
  private final List<StepResult> steps = new ArrayList<>();

  Ramp(Runner runner) {
    this.runner = runner;
  }

  Result climb(double startRate) throws InterruptedException {
    double good = 0;
    double bad = 0;
    for (double rate = startRate; bad == 0 && steps.size() < MAX_STEPS; rate *= GROWTH) {
      if (isBeyond(rate)) {
        bad = rate;
      } else {
        good = rate;
      }
    }
    for (int i = 0; i < HALVINGS && good > 0 && bad > 0; i++) {
      double middle = (good + bad) / 2;
      if (isBeyond(middle)) {
        bad = middle;
      } else {
        good = middle;
      }
    }
    return new Result(List.copyOf(steps), good, bad > 0);
  }

  private boolean isBeyond(double rate) throws InterruptedException {
    StepResult step = runner.run(rate);
    steps.add(step);
    double most = Math.max(FLOOR_MICROS, TOLERATED * steps.getFirst().latency().p99());
    return step.errors() * 1_000 > step.due() || step.good() == 0 || step.latency().p99() > most;
  }
}
