package io.fairlead.router.control;

import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * Where one event loop counts what it does. Every method runs on that loop, costs a few plain
 * additions and allocates nothing on the steady path.
 */
public interface RequestRecorder {
  /**
   * One request has got its one answer.
   *
   * @param ordinal of the target, else of the endpoint, else 0
   * @param status sent to the caller; 0 if it left before a status was sent
   * @param error the router's own verdict, or null where the model answered
   * @param totalNanos from the complete head to the last byte written
   * @param queueNanos waiting for a slot
   * @param receiveNanos waiting for the caller's body before a slot was asked for
   * @param upstreamNanos from asking for a connection to the last response byte; 0 if never asked
   */
  void finished(
      int ordinal,
      int status,
      @Nullable RouterError error,
      long totalNanos,
      long queueNanos,
      long receiveNanos,
      long upstreamNanos);

  /** The request that was just told of has a span. */
  default void traced(int ordinal, int status, Phases phases, TraceContext span) {}

  /**
   * A response whose length is not known in advance has begun.
   *
   * @param firstByteNanos since the complete head of the request
   */
  default void streaming(int ordinal, long firstByteNanos) {}

  /**
   * Events of a stream have passed, together.
   *
   * @param gapNanos since the ones before; -1 where these are the first
   */
  default void events(int ordinal, int count, long gapNanos) {}

  /** A copy of a live request has ended, or was not sent; {@code ordinal} is the mirror's. */
  default void mirrored(int ordinal, MirrorResult result) {}

  /**
   * A copy and its live request were both answered by their models.
   *
   * @param sameClass whether both statuses begin with one digit
   * @param slower whether the copy took longer
   */
  default void compared(int ordinal, boolean sameClass, boolean slower) {}

  /** A probe of a replica has ended; {@code ordinal} is its deployment's. */
  default void probed(int ordinal, ProbeResult result) {}

  /** Something worth counting happened. */
  void count(ProxyEvent event);
}
