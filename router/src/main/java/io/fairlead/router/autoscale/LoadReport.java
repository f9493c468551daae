package io.fairlead.router.autoscale;

/**
 * What one router has to do for one deployment, as it said itself.
 *
 * @param reporter name of the router
 * @param ageNanos time since it said so, on the clock of who asks
 * @param inFlight slots that are taken by its requests
 * @param queued its requests that wait for a slot
 * @param arrived requests that asked for a slot since it started, those refused included
 * @param finished requests that gave their slot back since it started
 * @param busyNanos how long the finished ones had their slots, all together
 * @param ready replicas it may use
 * @param starting replicas it knows of that are not ready yet; 0 if it does not know
 */
public record LoadReport(
    String reporter,
    long ageNanos,
    int inFlight,
    int queued,
    long arrived,
    long finished,
    long busyNanos,
    int ready,
    int starting) {
  public LoadReport {
    notNegative("ageNanos", ageNanos);
    notNegative("inFlight", inFlight);
    notNegative("queued", queued);
    notNegative("arrived", arrived);
    notNegative("finished", finished);
    notNegative("busyNanos", busyNanos);
    notNegative("ready", ready);
    notNegative("starting", starting);
  }

  private static void notNegative(String key, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: 0 or more)");
    }
  }
}
