package io.fairlead.router.control;

import io.fairlead.router.control.Explanation.Choice;
import io.fairlead.router.control.Explanation.Outcome;
import io.fairlead.router.control.Explanation.Verdict;
import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Standing;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.RequestRules;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.routing.RouteMatch;
import io.fairlead.router.routing.RouteResult;
import io.fairlead.router.routing.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says what would happen to a request now, in the order of section 10 of the contract, without
 * doing it: no slot is taken, nothing is counted, and no credential is checked. For any thread.
 */
public final class Explainer {
  /** Removed replicas that are listed beside those of a deployment. */
  private static final int SOME_REMOVED = 64;

  private final Snapshots snapshots;
  private final Limits limits;
  private final ErrorProfile profile;

  public Explainer(Snapshots snapshots, Limits limits, ErrorProfile profile) {
    this.snapshots = snapshots;
    this.limits = limits;
    this.profile = profile;
  }

  /** Explains the request with this head; its path is made canonical. */
  public Explanation explain(Head head, long nowNanos) {
    return new Inquiry(snapshots.current(), head, nowNanos).explain();
  }

  private final class Inquiry {
    private final Snapshot snapshot;
    private final Head head;
    private final long nowNanos;
    private final RouteMatch match = new RouteMatch();
    private @Nullable Endpoint endpoint;
    private long bodyLimit;

    Inquiry(Snapshot snapshot, Head head, long nowNanos) {
      this.snapshot = snapshot;
      this.head = head;
      this.nowNanos = nowNanos;
    }

    Explanation explain() {
      Refusal refusal = RequestRules.check(head);
      if (refusal == null) {
        refusal = snapshot.routes().match(head, match);
      }
      if (refusal == null) {
        refusal = admit(match.endpoint());
      }
      return refusal == null ? choose(match.endpoint()) : refused(refusal);
    }

    private @Nullable Refusal admit(Endpoint found) {
      endpoint = found;
      long own = found.access().maxRequestBytes();
      bodyLimit = own > 0 ? own : limits.body().maxBytes();
      Refusal refusal = match.checkMethod(head.method());
      if (refusal != null) {
        return refusal;
      }
      AuthMode mode = found.access().authentication().mode();
      if (mode != AuthMode.NONE && !credentialGiven()) {
        return new Refusal(
            RouterError.UNAUTHORIZED,
            "no credential was given (expected: authorization, for " + mode.text() + ")");
      }
      return head.contentLength() > bodyLimit
          ? new Refusal(
              RouterError.PAYLOAD_TOO_LARGE,
              "the request body is too large (expected: at most " + bodyLimit + " bytes)")
          : null;
    }

    private Explanation choose(Endpoint found) {
      Map<String, Integer> split = found.traffic().split().percent();
      boolean addressed = match.isAddressed(head);
      if (addressed || split.values().stream().noneMatch(percent -> percent > 0)) {
        return switch (match.choose(head, 0)) {
          case RouteResult.NoTarget none -> refused(none.refusal());
          case Target target -> answer(List.of(choice(target.deployment(), 100)));
        };
      }
      List<Choice> choices = new ArrayList<>();
      for (Deployment deployment : snapshot.state().deployments()) {
        int percent = split.getOrDefault(deployment.name(), 0);
        if (percent > 0 && isOf(found, deployment.key())) {
          choices.add(choice(deployment, percent));
        }
      }
      return answer(choices);
    }

    private static boolean isOf(Endpoint found, DeploymentKey key) {
      return key.namespace().equals(found.namespace()) && key.endpoint().equals(found.name());
    }

    private Explanation answer(List<Choice> choices) {
      int covered = choices.stream().mapToInt(Choice::percent).sum();
      if (choices.size() == 1 && covered == 100) {
        return explanation(choices, choices.getFirst().verdict());
      }
      String detail = "chance chooses one of the deployments";
      if (covered < 100) {
        detail += "; " + (100 - covered) + " % of the split name one that is not there";
      }
      return explanation(choices, new Verdict(Outcome.SPLIT, 0, null, detail, 0));
    }

    private Explanation refused(Refusal refusal) {
      return explanation(List.of(), verdict(refusal.error(), refusal.detail(), 0));
    }

    private Explanation explanation(List<Choice> choices, Verdict verdict) {
      return new Explanation(
          endpoint, credentialGiven(), bodyLimit, choices, notEvaluated(), verdict);
    }

    private List<String> notEvaluated() {
      List<String> left = new ArrayList<>();
      if (endpoint != null && endpoint.access().cors() != null) {
        left.add("cors");
      }
      if (endpoint != null && endpoint.access().rateLimit() != null) {
        left.add("rateLimit");
      }
      if (endpoint != null && endpoint.traffic().stickyHeader() != null) {
        left.add("stickyHeader");
      }
      if (head.has(FieldId.X_REQUEST_TIMEOUT_MS) || head.has(FieldId.GRPC_TIMEOUT)) {
        left.add("deadline");
      }
      return left;
    }

    private boolean credentialGiven() {
      return head.has(FieldId.AUTHORIZATION);
    }

    private Choice choice(Deployment deployment, int percent) {
      Dispatcher dispatcher =
          snapshot.dispatchers().stream()
              .filter(each -> each != null && each.deployment().key().equals(deployment.key()))
              .findFirst()
              .orElse(null);
      Candidates seen = new Candidates(deployment.replicas().size() + SOME_REMOVED);
      Load load = Objects.requireNonNull(dispatcher).load(nowNanos, seen, null);
      List<Candidate> replicas = seen.list();
      return new Choice(
          deployment,
          percent,
          load,
          freeSlots(load, replicas),
          replicas,
          verdict(deployment, load, replicas));
    }

    private static long freeSlots(Load load, List<Candidate> replicas) {
      return load.limit() == 0
          ? -1
          : replicas.stream()
              .filter(replica -> replica.standing() == Standing.FREE)
              .mapToLong(replica -> load.limit() - replica.inFlight())
              .sum();
    }

    private Verdict verdict(Deployment deployment, Load load, List<Candidate> replicas) {
      if (replicas.stream().anyMatch(replica -> replica.standing() == Standing.FREE)) {
        return new Verdict(Outcome.SENT, 0, null, "a replica has a free slot", 0);
      }
      if (load.readyReplicas() == 0) {
        return verdict(RouterError.MODEL_NOT_READY, "no replica is ready", 0);
      }
      long wait = load.estimatedWaitNanos();
      long longest = deployment.requestSettings().maxQueueWait().toNanos();
      if (load.queued() >= load.queueLimit() || longest == 0) {
        return verdict(
            RouterError.TOO_MANY_PENDING_REQUESTS,
            "no slot is free and the queue is full: "
                + load.queued()
                + " wait (expected: fewer than "
                + load.queueLimit()
                + ")",
            wait);
      }
      String detail =
          "no slot is free; it would be number " + (load.queued() + 1) + " in the queue";
      return new Verdict(
          Outcome.QUEUED,
          0,
          null,
          wait > longest ? detail + ", likely for longer than it may wait" : detail,
          wait);
    }

    private Verdict verdict(RouterError error, String detail, long wait) {
      return new Verdict(Outcome.REFUSED, error.status(profile), error, detail, wait);
    }
  }
}
