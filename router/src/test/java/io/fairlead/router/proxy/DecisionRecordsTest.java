package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.control.Sampling;
import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Standing;
import io.fairlead.router.journal.DecisionJournal;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.RouterError;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is remembered of requests, as it happened to them on the wire. */
final class DecisionRecordsTest {
  @RegisterExtension final Stage stage = new Stage();

  private final DecisionJournal journal = new DecisionJournal(64, 64, InstantSource.system());

  @BeforeEach
  void remember() {
    stage.setup.observers = journal;
    stage.setup.sampling = Sampling.NONE;
  }

  @Test
  void refusalTellsTheReplicasAndTheQueue() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var first = stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    var second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    Answer third = stage.caller().call(Caller.post("333"));
    assertThat(third.status()).isEqualTo(503);
    Decision decision = only();
    assertThat(decision.requestId()).isEqualTo(third.field("x-request-id"));
    assertThat(decision.error()).isEqualTo(RouterError.TOO_MANY_PENDING_REQUESTS);
    assertThat(decision.detail()).contains("its queue is full: 1 wait");
    assertThat(decision.status()).isEqualTo(503);
    assertThat(decision.endpointName()).isEqualTo("echo");
    assertThat(decision.path()).isEqualTo(TestRouter.SCORE);
    assertThat(decision.protocol()).isEqualTo("HTTP/1.1");
    assertThat(decision.replica()).isNull();
    assertThat(decision.attempts()).isZero();
    assertThat(decision.requestBytes()).isEqualTo(3);
    assertThat(decision.responseBytes()).isEqualTo(third.body().length());
    assertThat(decision.load()).isNotNull();
    assertThat(decision.candidates())
        .containsExactly(new Candidate(address(replica), 1, 0, Standing.BUSY));
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    replica.go();
    assertThat(second.answer().status()).isEqualTo(200);
    assertThat(all()).as("nobody wanted the successes").hasSize(1);
  }

  @Test
  void waitInVainTellsPlaceAndTime() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var first = stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    var second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    stage.advance(ofMillis(520));
    assertThat(second.answer().reason()).isEqualTo("queue_timeout");
    Decision decision = only();
    assertThat(decision.queuePosition()).isEqualTo(1);
    assertThat(decision.phases().queueNanos()).isBetween(500_000_000L, 521_000_000L);
    assertThat(decision.candidates())
        .extracting(Candidate::standing)
        .containsExactly(Standing.BUSY);
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
  }

  @Test
  void sampledSuccessTellsWhereItsTimeWent() throws Exception {
    stage.setup.sampling = Sampling.DEFAULT;
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofMillis(70));
    replica.go();
    assertThat(caller.answer().status()).isEqualTo(200);
    Decision decision = only();
    assertThat(decision.error()).isNull();
    assertThat(decision.detail()).isNull();
    assertThat(decision.modelStatus()).isEqualTo(200);
    assertThat(decision.replica()).isEqualTo(address(replica));
    assertThat(decision.attempts()).isEqualTo(1);
    assertThat(decision.responseBytes()).isEqualTo(2);
    assertThat(decision.phases().modelNanos()).isEqualTo(70_000_000L);
    assertThat(decision.phases().totalNanos()).isEqualTo(70_000_000L);
    assertThat(decision.candidates())
        .containsExactly(new Candidate(address(replica), 0, 1, Standing.FREE));
  }

  @Test
  void hedgeTellsWhoseAnswerItWas() throws Exception {
    stage.setup.sampling = Sampling.DEFAULT;
    stage.hedging(1, OnClientGone.HOLD);
    var slow = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    var quick = stage.replica();
    stage.start(slow, quick);
    HedgeBudget.earn(stage, 1);
    var caller = stage.caller().send(Caller.post("{}"));
    slow.takeRequest();
    stage.advance(ofMillis(110));
    assertThat(caller.answer().status()).isEqualTo(200);
    Decision decision = only();
    assertThat(decision.replica()).isEqualTo(address(quick));
    assertThat(decision.attempts()).isEqualTo(2);
    slow.go();
  }

  @Test
  void successesAreSampledByTime() throws Exception {
    stage.setup.sampling = new Sampling(10, 0, null);
    var replica = stage.replica();
    stage.start(replica);
    var caller = stage.caller();
    for (int i = 0; i < 5; i++) {
      caller.call(Caller.post("{}"));
      caller.call(Caller.post("{}"));
      stage.advance(ofMillis(50));
    }
    assertThat(all()).as("0, 100 and 200 ms").hasSize(3);
  }

  @Test
  void modelErrorTellsWhoMadeIt() throws Exception {
    var replica =
        stage.replica().next(Script.respond("HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops"));
    stage.start(replica);
    assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(500);
    Decision decision = only();
    assertThat(decision.error()).isEqualTo(RouterError.MODEL_ERROR);
    assertThat(decision.modelStatus()).isEqualTo(500);
    assertThat(decision.replica()).isEqualTo(address(replica));
    assertThat(decision.responseBytes()).isEqualTo(4);
  }

  @Test
  void failedRetryTellsWhoWasTried() throws Exception {
    stage.start(stage.nobody());
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.reason()).isEqualTo("upstream_connect_failed");
    Decision decision = only();
    assertThat(decision.attempts()).isEqualTo(2);
    assertThat(decision.candidates())
        .extracting(Candidate::standing)
        .containsExactly(Standing.TRIED);
  }

  @Test
  void callerWhoLeftIsRemembered() throws Exception {
    stage.settings(1, OnClientGone.CANCEL, false);
    var replica = stage.replica().always(Script.reading().waitForEnd());
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    caller.close();
    stage.until(() -> all().size() == 1);
    Decision decision = only();
    assertThat(decision.callerLeft()).isTrue();
    assertThat(decision.status()).isZero();
    assertThat(decision.error()).isNull();
    assertThat(decision.replica()).isEqualTo(address(replica));
  }

  @Test
  void slowModelTellsItsTime() throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    stage.start(replica);
    var slow = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(ofSeconds(6));
    assertThat(slow.answer().status()).isEqualTo(504);
    Decision decision = only();
    assertThat(decision.phases().modelNanos()).isEqualTo(6_000_000_000L);
    assertThat(decision.candidates()).as("no decision between replicas").isNull();
  }

  @Test
  void requestThatCannotBeReadShowsNothingOfItsQuery() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    Answer answer = stage.caller().call("GET /a//b?key=hunter2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(only().path()).isEqualTo("/a//b");
    stage.advance(ofMillis(1));
    stage.caller().call("GET ftp://user:hunter2@h/ HTTP/1.1\r\nHost: h\r\n\r\n");
    stage.router().settle();
    assertThat(all().getFirst().path()).isEmpty();
  }

  @Test
  void streamOfHttp2IsRememberedTheSame() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var first = stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    var second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    try (var http2 = Http2Caller.connect(stage.port())) {
      http2.post(1, false).data(1, true, "333").send();
      assertThat(http2.answer(1).status()).isEqualTo(503);
    }
    Decision decision = only();
    assertThat(decision.protocol()).isEqualTo("HTTP/2");
    assertThat(decision.error()).isEqualTo(RouterError.TOO_MANY_PENDING_REQUESTS);
    assertThat(decision.path()).isEqualTo(TestRouter.SCORE);
    assertThat(decision.requestBytes()).isEqualTo(3);
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    replica.go();
    assertThat(second.answer().status()).isEqualTo(200);
  }

  private static Replica address(FakeReplica replica) {
    return new Replica("127.0.0.1", replica.port());
  }

  private List<Decision> all() {
    return journal.find(new DecisionQuery(null, null, null, 1_000));
  }

  private Decision only() {
    stage.router().settle();
    List<Decision> all = all();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }
}
