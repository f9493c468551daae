package io.fairlead.router.model;

import java.time.Duration;

/**
 * How much a deployment takes at once, and how long its callers wait.
 *
 * @param requestTimeout from the last request byte sent to the model to the last response byte; for
 *     a streamed response to its first byte. 1 ms to 300 s
 * @param maxConcurrentRequestsPerInstance slots of one replica; 0 for unlimited
 * @param maxQueueWait longest wait for a free slot
 * @param maxQueueLength requests that may wait; -1 for slots times ready replicas
 * @param bodyPrefixBytes how much of a body is received before a slot is taken
 * @param idempotent whether a request that may have been started may be sent again
 * @param hedging whether a second replica may be asked when the first is slow; only if idempotent
 * @param coordination what a router does that shares the slots with others and cannot reach them
 */
public record RequestSettings(
    Duration requestTimeout,
    int maxConcurrentRequestsPerInstance,
    Duration maxQueueWait,
    int maxQueueLength,
    int bodyPrefixBytes,
    OnClientGone onClientGone,
    boolean idempotent,
    boolean hedging,
    Coordination coordination) {
  /** What a router does with a limit that it shares with routers it cannot reach. */
  public enum Coordination {
    /** It goes on with a fixed share of the slots. */
    AVAILABLE,
    /** It lets requests wait. */
    STRICT
  }

  /** What becomes of a running request whose caller has left. */
  public enum OnClientGone {
    /** The model finishes; its slot stays taken and the answer is dropped. */
    HOLD,
    /** The model's connection is closed and the slot is free at once. */
    CANCEL
  }

  /** The documented defaults: one request at a time, 5 s, half a second of waiting. */
  public static final RequestSettings DEFAULT =
      new RequestSettings(
          Duration.ofMillis(5000),
          1,
          Duration.ofMillis(500),
          -1,
          65_536,
          OnClientGone.HOLD,
          false,
          false,
          Coordination.AVAILABLE);

  /** Settings whose coordination is the default. */
  public RequestSettings(
      Duration requestTimeout,
      int maxConcurrentRequestsPerInstance,
      Duration maxQueueWait,
      int maxQueueLength,
      int bodyPrefixBytes,
      OnClientGone onClientGone,
      boolean idempotent,
      boolean hedging) {
    this(
        requestTimeout,
        maxConcurrentRequestsPerInstance,
        maxQueueWait,
        maxQueueLength,
        bodyPrefixBytes,
        onClientGone,
        idempotent,
        hedging,
        Coordination.AVAILABLE);
  }

  public RequestSettings {
    range("requestTimeoutMs", requestTimeout.toMillis(), 1, 300_000);
    range("maxConcurrentRequestsPerInstance", maxConcurrentRequestsPerInstance, 0, 100_000);
    range("maxQueueWaitMs", maxQueueWait.toMillis(), 0, 300_000);
    range("maxQueueLength", maxQueueLength, -1, 1_000_000);
    range("bodyPrefixBytes", bodyPrefixBytes, 0, 1_048_576);
    if (hedging && !idempotent) {
      throw new IllegalArgumentException("hedging: true (expected: false, or idempotent: true)");
    }
  }

  private static void range(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}
