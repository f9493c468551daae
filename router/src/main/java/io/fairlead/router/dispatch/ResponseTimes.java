package io.fairlead.router.dispatch;

/**
 * How long the replicas of one deployment take to begin their responses: the 95th percentile of the
 * recent ones.
 *
 * <p>Counted in buckets of which each is a sixteenth of its power of two wide, so the percentile is
 * at most 6 % too long and never too short. All counts are halved from time to time: what was
 * measured {@value #WINDOW} responses ago weighs half at the most.
 */
final class ResponseTimes {
  /** Responses before which a percentile of them would say little: five lie beyond it by then. */
  static final int ENOUGH = 100;

  private static final int WINDOW = 2_048;

  /** Responses after which the percentile is looked up again. */
  private static final int STEP = 32;

  private static final int STEPS_PER_DOUBLING = 16;

  /** Of microseconds: up to 18 minutes. */
  private static final int DOUBLINGS = 30;

  private int[] counts = {};
  private int total;
  private int sinceLookUp;
  private long percentileNanos;

  void add(long nanos) {
    if (counts.length == 0) { // most deployments never measure
      counts = new int[(DOUBLINGS - 3) * STEPS_PER_DOUBLING];
    }
    counts[bucket(nanos / 1_000)]++;
    total++;
    sinceLookUp++;
    if (total >= ENOUGH && (percentileNanos == 0 || sinceLookUp >= STEP)) {
      lookUp();
    }
    if (total >= WINDOW) {
      halve();
    }
  }

  /** Returns the 95th percentile, rounded up; 0 while too little was measured. */
  long percentileNanos() {
    return percentileNanos;
  }

  private void lookUp() {
    sinceLookUp = 0;
    int beyond = total / 20;
    int bucket = counts.length - 1;
    for (int seen = counts[bucket]; seen <= beyond; seen += counts[bucket]) {
      bucket--;
    }
    percentileNanos = endMicros(bucket) * 1_000;
  }

  private void halve() {
    total = 0;
    for (int i = 0; i < counts.length; i++) {
      counts[i] /= 2;
      total += counts[i];
    }
  }

  private int bucket(long micros) {
    if (micros < STEPS_PER_DOUBLING) {
      return (int) Math.max(0, micros);
    }
    int doubling = 63 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> (doubling - 4)) & (STEPS_PER_DOUBLING - 1);
    return Math.min((doubling - 3) * STEPS_PER_DOUBLING + step, counts.length - 1);
  }

  /** Returns where a bucket ends, exclusive. */
  private static long endMicros(int bucket) {
    if (bucket < STEPS_PER_DOUBLING) {
      return bucket + 1L;
    }
    int doubling = bucket / STEPS_PER_DOUBLING + 3;
    long step = bucket % STEPS_PER_DOUBLING;
    return (STEPS_PER_DOUBLING + step + 1) << (doubling - 4);
  }
}
