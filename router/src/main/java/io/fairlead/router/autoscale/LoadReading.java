package io.fairlead.router.autoscale;

/** What is known of the load of a deployment over all routers: all of it, or too little. */
public sealed interface LoadReading permits FleetLoad, LoadReading.Stale, LoadReading.Unshared {
  /**
   * Too little: nobody scales on what may have been true some time ago.
   *
   * @param why names the router that is missing or late
   */
  record Stale(String why) implements LoadReading {}

  /** One router's part of it: there are others, and they tell nobody theirs. */
  record Unshared() implements LoadReading {}
}
