package io.fairlead.router.control;

import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.RouterError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would happen to a request now.
 *
 * @param endpoint null where none was found
 * @param credentialGiven whether the request has an {@code Authorization}; it is not looked at
 * @param bodyLimit most bytes of a body; 0 where no endpoint was found
 * @param choices the deployments it may go to; empty where none would be asked
 * @param notEvaluated what could still refuse it and was left out, such as {@code rateLimit}
 */
public record Explanation(
    @Nullable Endpoint endpoint,
    boolean credentialGiven,
    long bodyLimit,
    List<Choice> choices,
    List<String> notEvaluated,
    Verdict verdict) {
  public Explanation {
    choices = List.copyOf(choices);
    notEvaluated = List.copyOf(notEvaluated);
  }

  /**
   * A deployment that the request may go to.
   *
   * @param percent of such requests; 100 where the request names it
   * @param freeSlots that this router may use; -1 where there is no limit
   */
  public record Choice(
      Deployment deployment,
      int percent,
      Load load,
      long freeSlots,
      List<Candidate> replicas,
      Verdict verdict) {
    public Choice {
      replicas = List.copyOf(replicas);
    }
  }

  /** How it would end, as far as the router is concerned. */
  public enum Outcome {
    /** A replica would get it at once. */
    SENT,
    /** It would wait for a slot. */
    QUEUED,
    /** The router would refuse it. */
    REFUSED,
    /** The router would answer it, as a browser's preflight. */
    ANSWERED,
    /** Chance would choose the deployment: see the choices. */
    SPLIT
  }

  /**
   * What would become of it.
   *
   * @param status that the caller would get; 0 where the model has the word
   * @param error null unless it is refused
   * @param estimatedWaitNanos 0 where it would not wait, or nobody knows how long
   */
  public record Verdict(
      Outcome outcome,
      int status,
      @Nullable RouterError error,
      String detail,
      long estimatedWaitNanos) {}
}
