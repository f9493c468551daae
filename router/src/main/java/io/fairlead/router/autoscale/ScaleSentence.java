package io.fairlead.router.autoscale;

/** Says a decision in words. */
final class ScaleSentence {
  private ScaleSentence() {}

  static String of(ScaleRule rule, int desired, int to, ScaleInputs in) {
    return need(rule, in) + "; " + between(desired, in) + "; " + follows(rule, to, in);
  }

  private static String need(ScaleRule rule, ScaleInputs in) {
    FleetLoad load = in.load();
    String at = " at " + in.targetPercent() + " % of " + in.limit() + " per replica";
    if (rule == ScaleRule.PANIC) {
      return "arrivals would keep " + thousandths(load.offeredMillis()) + " slots busy" + at;
    }
    return load.inFlight() + " in flight + " + load.queued() + " queued" + at;
  }

  private static String between(int desired, ScaleInputs in) {
    return desired + " desired within " + in.least() + " to " + in.most();
  }

  private static String follows(ScaleRule rule, int to, ScaleInputs in) {
    String ordered = in.current() + " ordered, " + in.load().ready() + " ready";
    return switch (rule) {
      case UP, PANIC -> ordered + ": up to " + to + " at once";
      case DOWN -> ordered + ": down to " + to + ", lower for the whole window";
      case RANGE -> ordered + ": " + to + ", within the limits";
      case STEADY -> ordered + ": as it is";
      case WAIT_LOWER -> ordered + ": lower, but not yet for the whole window";
      case WAIT_STARTING -> ordered + ": no fewer while " + in.coming() + " are starting";
    };
  }

  private static String thousandths(long millis) {
    return millis / 1000 + "." + (millis / 100) % 10;
  }
}
