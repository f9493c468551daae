package io.fairlead.router.control;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.auth.CallerId;
import io.fairlead.router.control.Explanation.Choice;
import io.fairlead.router.control.Explanation.Outcome;
import io.fairlead.router.control.Explanation.Verdict;
import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Candidates;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Forecast;
import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Rejected;
import io.fairlead.router.http.CallerTimeout;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.RequestRules;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.rate.RateLimiter;
import io.fairlead.router.routing.HostSuffix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what would happen to a request now, in the order of section 10 of the contract, without
 * doing it: no slot and no token of a rate limit is taken, nothing is counted, and no credential is
 * checked. The decisions are those of the data path: {@link RouteDecision}, {@link
 * Dispatcher#foresee}, {@link RateLimiter#foresee}. For any thread.
 */
public final class Explainer {
  /** Removed replicas that are listed beside those of a deployment. */
  private static final int SOME_REMOVED = 64;

  private final Snapshots snapshots;
  private final Limits limits;
  private final HostSuffix hostSuffix;
  private final ErrorProfile profile;
  private final Supplier<@Nullable Refusal> overload;

  /**
   * Explains what is decided about callers of the data path.
   *
   * @param hostSuffix of authorities that name an endpoint of gRPC
   * @param overload why the router takes on no request at all now; null while it does
   */
  public Explainer(
      Snapshots snapshots,
      Limits limits,
      HostSuffix hostSuffix,
      ErrorProfile profile,
      Supplier<@Nullable Refusal> overload) {
    this.snapshots = snapshots;
    this.limits = limits;
    this.hostSuffix = hostSuffix;
    this.profile = profile;
    this.overload = overload;
  }

  /** Explains the request with this head; its path is made canonical. */
  public Explanation explain(Head head, long nowNanos) {
    return new Inquiry(snapshots.current(), head, nowNanos).explain();
  }

  private final class Inquiry {
    private final Snapshot snapshot;
    private final Head head;
    private final long nowNanos;
    private final RouteDecision decision = new RouteDecision();
    private final CallerTimeout timeout = new CallerTimeout();

    Inquiry(Snapshot snapshot, Head head, long nowNanos) {
      this.snapshot = snapshot;
      this.head = head;
      this.nowNanos = nowNanos;
    }

    Explanation explain() {
      Refusal refusal = timeout.take(head);
      if (refusal == null) {
        refusal = RequestRules.check(head);
      }
      if (refusal == null) {
        refusal = decision.find(head, snapshot, hostSuffix, limits);
      }
      if (refusal == null && decision.isPreflight()) {
        return explanation(
            List.of(), new Verdict(Outcome.ANSWERED, 204, null, "a preflight of a browser", 0));
      }
      if (refusal == null) {
        refusal = admit(requireNonNull(decision.endpoint()).access());
      }
      return refusal == null ? choose(requireNonNull(decision.endpoint())) : refused(refusal);
    }

    private @Nullable Refusal admit(Access access) {
      AuthMode mode = access.authentication().mode();
      if (mode != AuthMode.NONE && !credentialGiven()) {
        return new Refusal(
            RouterError.UNAUTHORIZED,
            "no credential was given (expected: authorization, for " + mode.text() + ")");
      }
      Refusal refusal = decision.checkLength(head);
      return refusal == null ? checkRate(access) : refusal;
    }

    private @Nullable Refusal checkRate(Access access) {
      RateLimiter limiter = snapshot.limiters().get(decision.ordinal());
      return limiter != null
              && knowsBucket(access)
              && limiter.foresee(CallerId.ANONYMOUS, nowNanos) > 0
          ? limiter.refusal()
          : null;
    }

    /** Whose bucket is meant says the credential, which is not looked at. */
    private static boolean knowsBucket(Access access) {
      RateLimit limit = access.rateLimit();
      return limit == null || limit.per() == RateLimit.Per.ENDPOINT || isOpen(access);
    }

    private static boolean isOpen(Access access) {
      return access.authentication().mode() == AuthMode.NONE && access.clientCertificates() == null;
    }

    private Explanation choose(Endpoint found) {
      Map<String, Integer> split = found.traffic().split().percent();
      if (!decision.match().isLeftToChance(head)
          || split.values().stream().noneMatch(percent -> percent > 0)) {
        Refusal refusal = decision.choose(head, 0);
        Deployment chosen = decision.deployment();
        return chosen == null
            ? refused(requireNonNull(refusal))
            : answer(List.of(choice(chosen, 100)));
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
      Refusal shortage = overload.get();
      if (shortage != null) {
        return explanation(choices, verdict(shortage, 0));
      }
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
      return explanation(List.of(), verdict(refusal, 0));
    }

    private Explanation explanation(List<Choice> choices, Verdict verdict) {
      return new Explanation(
          decision.endpoint(),
          credentialGiven(),
          decision.bodyLimit(),
          choices,
          notEvaluated(),
          verdict);
    }

    private List<String> notEvaluated() {
      Endpoint found = decision.endpoint();
      List<String> left = new ArrayList<>();
      if (found != null && found.access().clientCertificates() != null) {
        left.add("clientCertificate");
      }
      if (found != null && !knowsBucket(found.access())) {
        left.add("rateLimit");
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
      long deadline = timeout.nanos() > 0 ? nowNanos + timeout.nanos() : Long.MAX_VALUE;
      Candidates seen = new Candidates(deployment.replicas().size() + SOME_REMOVED);
      Forecast forecast = requireNonNull(dispatcher).foresee(deadline, nowNanos, seen);
      List<Candidate> replicas = seen.list();
      return new Choice(
          deployment,
          percent,
          forecast.load(),
          freeSlots(forecast.load(), replicas),
          replicas,
          verdict(deployment, forecast));
    }

    private static long freeSlots(Load load, List<Candidate> replicas) {
      return load.limit() == 0 ? -1 : replicas.stream().mapToLong(Candidate::freeSlots).sum();
    }

    private Verdict verdict(Deployment deployment, Forecast forecast) {
      Refusal refusal = decision.checkProtocol(head, deployment);
      if (refusal != null) {
        return verdict(refusal, 0);
      }
      if (forecast.isFree()) {
        return new Verdict(Outcome.SENT, 0, null, "a replica has a free slot", 0);
      }
      Load load = forecast.load();
      long wait = load.estimatedWaitNanos();
      RouterError error = forecast.refusal();
      if (error != null) {
        long patience = timeout.nanos() / 1_000_000;
        return verdict(new Rejected(error, load).refusal(deployment, patience), wait);
      }
      if (load.readyReplicas() == 0) {
        String held = "no replica is ready; it would wait for the first";
        return new Verdict(Outcome.QUEUED, 0, null, held, wait);
      }
      String detail =
          "no slot is free; it would be number " + (load.queued() + 1) + " in the queue";
      long longest = deployment.requestSettings().maxQueueWait().toNanos();
      return new Verdict(
          Outcome.QUEUED,
          0,
          null,
          wait > longest ? detail + ", likely for longer than it may wait" : detail,
          wait);
    }

    private Verdict verdict(Refusal refusal, long wait) {
      RouterError error = refusal.error();
      return new Verdict(Outcome.REFUSED, error.status(profile), error, refusal.detail(), wait);
    }
  }
}
