package io.fairlead.router.dispatch;

/**
 * What went through a deployment so far; each number only grows.
 *
 * @param arrived requests that asked for a slot, those refused included
 * @param finished permits that were released, of second attempts and copies as well
 * @param busyNanos how long those were out, all together
 */
public record Throughput(long arrived, long finished, long busyNanos) {}
