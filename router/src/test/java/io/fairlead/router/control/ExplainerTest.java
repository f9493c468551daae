package io.fairlead.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.Explanation.Choice;
import io.fairlead.router.control.Explanation.Outcome;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.Lease;
import io.fairlead.router.dispatch.LeaseWatch;
import io.fairlead.router.dispatch.LeasedSlots;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Cors;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TokenKeys;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.rate.RateLimiter;
import io.fairlead.router.routing.HostSuffix;
import io.fairlead.router.routing.RouteTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplainerTest {
  private static final String SCORE = "/api/v1/endpoint/echo/score";

  private final List<Deployment> deployments = new ArrayList<>();
  private final Map<String, Dispatcher> dispatchers = new LinkedHashMap<>();
  private final Map<String, Integer> split = new LinkedHashMap<>();
  private Access access = Access.OPEN;
  private ErrorProfile profile = ErrorProfile.KUBERNETES;
  private Scoring scoring = Scoring.DEFAULT;
  private RequestSettings settings = RequestSettings.DEFAULT;
  private @Nullable RateLimiter limiter;
  private @Nullable LeaseWatch watch;
  private @Nullable String stickyHeader;
  private boolean grpc;
  private long bodyBytes;
  private long nowNanos;
  private @Nullable Refusal shortage;

  @Test
  void sendsToAFreeReplica() {
    deploy("blue", 100, 2);
    take("blue");
    Explanation explanation = explain("POST", SCORE);
    assertThat(explanation.verdict().outcome()).isEqualTo(Outcome.SENT);
    assertThat(explanation.verdict().status()).isZero();
    assertThat(explanation.choices()).extracting(Explanation.Choice::freeSlots).containsExactly(1L);
  }

  /** As the data path does, which looks at the route first. */
  @Test
  void refusesEverythingThatHasARouteWhileTheRouterIsShortOfSomething() {
    deploy("blue", 100, 2);
    shortage = new Refusal(RouterError.ROUTER_OVERLOADED, "short of heap");
    Explanation explanation = explain("POST", SCORE);
    assertThat(explanation.verdict())
        .isEqualTo(
            new Explanation.Verdict(
                Outcome.REFUSED, 503, RouterError.ROUTER_OVERLOADED, "short of heap", 0));
    assertThat(explanation.choices()).extracting(Explanation.Choice::freeSlots).containsExactly(2L);
    assertThat(explain("PUT", SCORE).verdict().error()).isEqualTo(RouterError.METHOD_NOT_ALLOWED);
    shortage = null;
    assertThat(explain("POST", SCORE).verdict().outcome()).isEqualTo(Outcome.SENT);
  }

  @Test
  void countsOnlySlotsThatThisRouterMayUse() {
    watch = () -> {};
    settings =
        new RequestSettings(
            Duration.ofSeconds(5),
            3,
            Duration.ofMillis(500),
            -1,
            65_536,
            RequestSettings.OnClientGone.HOLD,
            false,
            false);
    Dispatcher blue = deploy("blue", 100, 2);
    assertThat(explain("POST", SCORE).choices().getFirst().freeSlots()).isZero();

    Replica leased = new Replica("10.0.0.2", 5001);
    blue.lease(
        new Lease(List.of(new LeasedSlots(leased, 2, 0)), 2, 2, 9), Long.MAX_VALUE / 2, nowNanos);
    Explanation explanation = explain("POST", SCORE);
    assertThat(explanation.verdict().outcome()).isEqualTo(Outcome.SENT);
    assertThat(explanation.choices().getFirst().freeSlots()).isEqualTo(2);
  }

  @Test
  void queuesWhereAllReplicasAreBusyAndSaysForHowLong() {
    Dispatcher blue = deploy("blue", 100, 1);
    blue.acquire(permit -> {}, 1, 0);
    Explanation explanation = explain("POST", SCORE);
    assertThat(explanation.verdict().outcome()).isEqualTo(Outcome.QUEUED);
    assertThat(explanation.verdict().detail()).contains("number 1 in the queue");
    assertThat(blue.load(0).queued()).as("a dry run").isZero();
  }

  @Test
  void refusesWhereTheQueueIsFull() {
    Dispatcher blue = deploy("blue", 100, 1);
    take("blue");
    take("blue");
    assertVerdict(explain("POST", SCORE), RouterError.TOO_MANY_PENDING_REQUESTS, 503);
    profile = ErrorProfile.MANAGED;
    assertVerdict(explain("POST", SCORE), RouterError.TOO_MANY_PENDING_REQUESTS, 429);
    assertThat(blue.load(0).queued()).isEqualTo(1);
  }

  @Test
  void refusesWithoutAReplica() {
    deploy("blue", 100, 0);
    assertVerdict(explain("POST", SCORE), RouterError.MODEL_NOT_READY, 503);
  }

  @Test
  void refusesInTheOrderOfTheContract() {
    deploy("blue", 100, 1);
    access = new Access(token(), null, false, null, null, 10);
    bodyBytes = 11;
    assertVerdict(explain("POST", "/a//b"), RouterError.BAD_REQUEST, 400);
    assertVerdict(explain("PUT", "/nowhere"), RouterError.ENDPOINT_NOT_FOUND, 404);
    assertVerdict(explain("PUT", SCORE), RouterError.METHOD_NOT_ALLOWED, 405);
    assertVerdict(explain("POST", SCORE), RouterError.UNAUTHORIZED, 401);
    Explanation known = explain("POST", SCORE, "authorization", "Bearer x");
    assertVerdict(known, RouterError.PAYLOAD_TOO_LARGE, 413);
    assertThat(known.credentialGiven()).isTrue();
    bodyBytes = 10;
    assertVerdict(
        explain("POST", SCORE, "authorization", "Bearer x", "azureml-model-deployment", "green"),
        RouterError.DEPLOYMENT_NOT_FOUND,
        404);
  }

  @Test
  void leavesTheChoiceToChanceWhereThereIsOne() {
    deploy("blue", 90, 1);
    deploy("green", 10, 0);
    deploy("red", 0, 1);
    Explanation explanation = explain("POST", SCORE);
    assertThat(explanation.verdict().outcome()).isEqualTo(Outcome.SPLIT);
    assertThat(explanation.choices())
        .extracting(choice -> choice.deployment().name() + " " + choice.verdict().outcome())
        .containsExactly("blue SENT", "green REFUSED");
  }

  @Test
  void goesWhereTheHeaderSaysWhateverTheSplit() {
    deploy("blue", 100, 1);
    deploy("red", 0, 1);
    Explanation explanation = explain("POST", SCORE, "azureml-model-deployment", "red");
    assertThat(explanation.choices())
        .extracting(choice -> choice.deployment().name() + " " + choice.percent())
        .containsExactly("red 100");
  }

  @Test
  void refusesWhereNothingHasAnyWeight() {
    deploy("blue", 0, 1);
    assertVerdict(explain("POST", SCORE), RouterError.NO_ROUTE, 404);
  }

  @Test
  void tellsOfASplitThatNamesNobody() {
    deploy("blue", 60, 1);
    split.put("gone", 40);
    Explanation explanation = explain("POST", SCORE);
    assertThat(explanation.verdict().outcome()).isEqualTo(Outcome.SPLIT);
    assertThat(explanation.verdict().detail()).contains("40 %");
  }

  @Test
  void foretellsTheRateLimitAndTakesNothingOfIt() {
    deploy("blue", 100, 1);
    limit(new Authentication.Anyone(), RateLimit.Per.KEY);
    assertThat(explain("POST", SCORE).verdict().outcome()).isEqualTo(Outcome.SENT);
    assertThat(explain("POST", SCORE).verdict().outcome()).isEqualTo(Outcome.SENT);
    Objects.requireNonNull(limiter).tryAcquire(0, 0);
    assertVerdict(explain("POST", SCORE), RouterError.RATE_LIMITED, 429);
    assertThat(explain("POST", SCORE).notEvaluated()).isEmpty();
  }

  @Test
  void namesTheRateLimitWhereTheCredentialSaysWhoseItIs() {
    deploy("blue", 100, 1);
    limit(token(), RateLimit.Per.KEY);
    Objects.requireNonNull(limiter).tryAcquire(0, 0);
    Explanation known = explain("POST", SCORE, "authorization", "Bearer x");
    assertThat(known.verdict().outcome()).isEqualTo(Outcome.SENT);
    assertThat(known.notEvaluated()).containsExactly("rateLimit");
  }

  @Test
  void followsTheStickyHeader() {
    deploy("blue", 50, 1);
    deploy("green", 50, 1);
    stickyHeader = "x-session";
    List<String> chosen = new ArrayList<>();
    for (int user = 0; user < 20; user++) {
      List<Choice> choices = explain("POST", SCORE, "x-session", "user-" + user).choices();
      assertThat(choices).hasSize(1);
      chosen.add(choices.getFirst().deployment().name());
    }
    assertThat(chosen).contains("blue", "green");
    assertThat(explain("POST", SCORE).choices()).as("without it, chance").hasSize(2);
  }

  @Test
  void answersAPreflightBeforeItAsksForACredential() {
    deploy("blue", 100, 1);
    Cors cors = new Cors(List.of("https://a.test"), List.of("POST"), List.of(), 60);
    access = new Access(token(), null, false, cors, null, 0);
    Explanation preflight =
        explain(
            "OPTIONS", SCORE, "origin", "https://a.test", "access-control-request-method", "POST");
    assertThat(preflight.verdict().outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(preflight.verdict().status()).isEqualTo(204);
    assertVerdict(explain("POST", SCORE), RouterError.UNAUTHORIZED, 401);
  }

  @Test
  void refusesADeadlineThatIsNoneOrCannotBeMet() {
    Dispatcher blue = deploy("blue", 100, 1);
    Explanation bad = explain("POST", "/nowhere", "x-request-timeout-ms", "soon");
    assertVerdict(bad, RouterError.BAD_REQUEST, 400);
    for (int i = 0; i < 8; i++) { // a slot comes free every 300 ms
      var permit = (Permit) blue.acquire(waiter -> {}, Long.MAX_VALUE, nowNanos);
      nowNanos += 300_000_000;
      permit.release(io.fairlead.router.dispatch.Outcome.ANSWERED, nowNanos);
    }
    blue.acquire(waiter -> {}, Long.MAX_VALUE, nowNanos);
    Explanation hasty = explain("POST", SCORE, "x-request-timeout-ms", "100");
    assertVerdict(hasty, RouterError.DEADLINE_INFEASIBLE, 503);
    assertThat(hasty.verdict().detail()).contains("within the 100 ms that its caller waits");
    Explanation patient = explain("POST", SCORE, "x-request-timeout-ms", "5000");
    assertThat(patient.verdict().outcome()).isEqualTo(Outcome.QUEUED);
  }

  @Test
  void routesGrpcByItsMetadata() {
    scoring = new Scoring(5001, "/score", Scoring.Protocol.H2C, null);
    deploy("blue", 100, 1);
    scoring = Scoring.DEFAULT;
    deploy("red", 0, 1);
    grpc = true;
    String endpoint = "azureml-model-endpoint";
    Explanation call = explain("POST", "/a.B/C", endpoint, "echo");
    assertThat(call.verdict().outcome()).isEqualTo(Outcome.SENT);
    assertVerdict(
        explain("POST", "/a.B/C", endpoint, "echo", "azureml-model-deployment", "red"),
        RouterError.NOT_IMPLEMENTED,
        501);
    assertVerdict(explain("POST", SCORE), RouterError.ENDPOINT_NOT_FOUND, 404);
  }

  @Test
  void namesTheCertificateThatItCannotSee() {
    deploy("blue", 100, 1);
    var certificates = new ClientCertificates("pem", null, List.of());
    access = new Access(new Authentication.Anyone(), certificates, false, null, null, 0);
    assertThat(explain("POST", SCORE).notEvaluated()).containsExactly("clientCertificate");
  }

  private void limit(Authentication authentication, RateLimit.Per per) {
    RateLimit limit = new RateLimit(1, 1, per);
    limiter = new RateLimiter("echo", limit);
    access = new Access(authentication, null, false, null, limit, 0);
  }

  private static Authentication token() {
    return new Authentication.Token(
        AuthMode.AML_TOKEN, "issuer", "echo", new TokenKeys.Discovered());
  }

  private static void assertVerdict(Explanation explanation, RouterError error, int status) {
    assertThat(explanation.verdict().error()).isEqualTo(error);
    assertThat(explanation.verdict().status()).isEqualTo(status);
    assertThat(explanation.verdict().outcome()).isEqualTo(Outcome.REFUSED);
  }

  private Dispatcher deploy(String name, int percent, int replicas) {
    List<Replica> all = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      all.add(new Replica("10.0.0." + (i + 1), 5001));
    }
    Deployment deployment =
        new Deployment(new DeploymentKey("default", "echo", name), all, scoring, settings);
    deployments.add(deployment);
    split.put(name, percent);
    Dispatcher dispatcher =
        new Dispatcher(deployment, Limits.Upstream.DEFAULT, new SplittableRandom(1), watch, 0);
    dispatchers.put(name, dispatcher);
    return dispatcher;
  }

  private void take(String deployment) {
    Objects.requireNonNull(dispatchers.get(deployment)).acquire(permit -> {}, 400_000_000, 0);
  }

  private Explanation explain(String method, String path, String... fields) {
    Traffic traffic = new Traffic(new TrafficSplit(split), null, stickyHeader);
    Endpoint echo = Endpoint.open("default", "echo", TrafficSplit.EMPTY).with(access).with(traffic);
    ClusterState state = new ClusterState(1, List.of(echo), deployments);
    List<String> names = new ArrayList<>(dispatchers.keySet());
    List<@Nullable Dispatcher> byOrdinal = new ArrayList<>();
    byOrdinal.add(null);
    byOrdinal.addAll(dispatchers.values());
    RouteTable routes =
        RouteTable.compile(
            state, key -> key.deployment().isEmpty() ? 9 : 1 + names.indexOf(key.deployment()));
    List<@Nullable RateLimiter> limiters = new ArrayList<>(Collections.nCopies(9, null));
    limiters.add(limiter);
    Snapshot snapshot = new Snapshot(state, routes, byOrdinal, limiters, List.of());
    return new Explainer(() -> snapshot, Limits.DEFAULT, HostSuffix.NONE, profile, () -> shortage)
        .explain(head(method, path, fields), nowNanos);
  }

  private Head head(String method, String path, String... fields) {
    Head head = new Head();
    head.reset();
    int from = head.append(method);
    head.method(Method.of(head.bytes(), from, head.length()), from, head.length());
    from = head.append(path);
    head.target(from, head.length());
    head.path(from, head.length());
    from = head.append("localhost");
    head.authority(from, head.length());
    for (int i = 0; i < fields.length; i += 2) {
      int name = head.append(fields[i]);
      int value = head.append(fields[i + 1]);
      head.addField(FieldId.of(head.bytes(), name, value), name, value, value, head.length());
    }
    head.framing(Head.Framing.LENGTH, bodyBytes);
    head.grpc(grpc);
    return head;
  }
}
