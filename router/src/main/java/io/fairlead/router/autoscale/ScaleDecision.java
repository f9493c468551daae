package io.fairlead.router.autoscale;

/** What shall become of the number of a deployment's replicas, and why. */
public sealed interface ScaleDecision {
  /** Returns a sentence for people: the numbers, and what follows from them. */
  String reason();

  /**
   * Another number.
   *
   * @param desired what the load needs, within the limits
   * @param to what is ordered now: {@code desired}, or a step toward it
   */
  record Change(ScaleRule rule, int desired, int to, ScaleInputs inputs) implements ScaleDecision {
    @Override
    public String reason() {
      return ScaleSentence.of(rule, desired, to, inputs);
    }
  }

  /**
   * The number stays.
   *
   * @param desired what the load needs, within the limits
   */
  record Keep(ScaleRule rule, int desired, ScaleInputs inputs) implements ScaleDecision {
    @Override
    public String reason() {
      return ScaleSentence.of(rule, desired, inputs.current(), inputs);
    }
  }

  /**
   * It cannot be told.
   *
   * @param detail what is wrong, with names and numbers
   */
  record Refused(ScaleRefusal why, String detail) implements ScaleDecision {
    @Override
    public String reason() {
      return detail;
    }
  }
}
