package io.fairlead.bench.openloop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * The question how much good work is left when far more is asked for than can be done: capacity in
 * a closed loop, then {@value #TIMES} times of it whether it keeps up or not, in turn.
 *
 * <p>Only answers that come within {@value Step#DEADLINE_MILLIS} ms count as good work.
 */
final class Overload {
  static final int TIMES = 3;

  /**
   * How a scene overloads.
   *
   * @param callers of the closed loop: enough to keep all busy, and none is refused
   * @param waiting calls that may wait for a connection; what is beyond is given up by the caller
   */
  record Plan(int callers, int waiting) {}

  /** Measures capacity once, in good answers per second. */
  interface Capacity {
    double measure() throws InterruptedException, TimeoutException;
  }

  /** One turn, in answers per second. */
  record Turn(double capacity, double offered, double goodput) {}

  /** The medians of all turns; the ratio is that of the medians. */
  record Result(List<Turn> turns, double capacity, double goodput, double ratio) {
    static Result of(List<Turn> turns) {
      double capacity = median(turns.stream().map(Turn::capacity).toList());
      double goodput = median(turns.stream().map(Turn::goodput).toList());
      return new Result(List.copyOf(turns), capacity, goodput, goodput / capacity);
    }

    private static double median(List<Double> values) {
      List<Double> ordered = values.stream().sorted(Comparator.naturalOrder()).toList();
      int middle = ordered.size() / 2;
      return ordered.size() % 2 == 1
          ? ordered.get(middle)
          : (ordered.get(middle - 1) + ordered.get(middle)) / 2;
    }
  }

  private final Capacity capacity;
  private final Ramp.Runner runner;
  private final List<StepResult> steps = new ArrayList<>();

  Overload(Capacity capacity, Ramp.Runner runner) {
    this.capacity = capacity;
    this.runner = runner;
  }

  Result measure(int rounds) throws InterruptedException, TimeoutException {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      double most = capacity.measure();
      if (!(most > 0)) {
        throw new IllegalStateException("capacity: no good answer (expected: some)");
      }
      StepResult step = runner.run(TIMES * most);
      steps.add(step);
      turns.add(new Turn(most, step.rate(), step.inTimePerSecond()));
    }
    return Result.of(turns);
  }

  List<StepResult> steps() {
    return List.copyOf(steps);
  }
}
