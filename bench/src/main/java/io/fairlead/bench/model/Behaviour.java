package io.fairlead.bench.model;

import java.time.Duration;

/**
 * What every replica of a model does.
 *
 * @param errorShare which part of the requests is answered with 500
 * @param replyBytes content of an answer, or of one event
 * @param events of a stream; 0 for a plain answer
 * @param oneAtATime whether a second request at once is a violation, see {@link ModelServer}
 */
public record Behaviour(
    ServiceTime time,
    double errorShare,
    int replyBytes,
    int events,
    Duration eventGap,
    boolean oneAtATime) {

  /** Returns a model that answers after a time, without errors or streams. */
  public static Behaviour plain(ServiceTime time, int replyBytes) {
    return new Behaviour(time, 0, replyBytes, 0, Duration.ZERO, false);
  }
}
