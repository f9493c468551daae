package io.fairlead.router.metrics;

/** A part of a request's time that has its own histogram. */
@SuppressWarnings("ImmutableEnumChecker") // nothing writes to the arrays of Buckets
enum Phase {
  REQUEST(Meter.REQUEST_DURATION, Buckets.DURATION),
  QUEUE(Meter.QUEUE_DURATION, Buckets.DURATION),
  UPSTREAM(Meter.UPSTREAM_DURATION, Buckets.DURATION),
  OVERHEAD(Meter.OVERHEAD, Buckets.OVERHEAD);

  private final Meter meter;
  private final Buckets buckets;

  Phase(Meter meter, Buckets buckets) {
    this.meter = meter;
    this.buckets = buckets;
  }

  Meter meter() {
    return meter;
  }

  Buckets buckets() {
    return buckets;
  }
}
