package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.control.Sampling;
import io.fairlead.router.journal.DecisionJournal;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.Scoring;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes of replicas, over the wire and in virtual time. */
@ExtendWith(Leaks.class)
final class ProbesTest {
  private static final String UNWELL =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nbad";

  @RegisterExtension final Stage stage = new Stage();

  private void start(FakeReplica... replicas) {
    health("/health");
    stage.start(replicas);
  }

  private void health(String path) {
    stage.setup.scoring = new Scoring(5001, "/score", Scoring.Protocol.HTTP1, path);
  }

  private List<String> results() {
    return List.copyOf(stage.router().meters().probed);
  }

  /** Lets time pass as the control thread sees it, until that many more probes were sent. */
  private void untilProbed(int count) {
    int before = inFlightAndEnded();
    for (int i = 0; i < 100 && inFlightAndEnded() < before + count; i++) {
      second();
    }
    assertThat(inFlightAndEnded()).isGreaterThanOrEqualTo(before + count);
  }

  private int inFlightAndEnded() {
    return results().size() + stage.router().load().inFlight();
  }

  private void second() {
    stage.advance(ofSeconds(1));
    stage.router().proxy().probe(stage.router().now());
    stage.router().settle();
  }

  /** Lets a second pass, and all probes end that begin then. */
  private void secondOfAnswers() {
    second();
    stage.untilLoad(0, 0);
    stage.router().settle();
  }

  private long count(String result) {
    return results().stream().filter(each -> each.equals("echo/blue " + result)).count();
  }

  @Test
  void asksForTheHealthPathAndNothingElseIsSeenOfIt() throws Exception {
    var journal = new DecisionJournal(64, 64, InstantSource.system());
    stage.setup.observers = journal;
    stage.setup.sampling = Sampling.DEFAULT;
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    start(replica);
    untilProbed(1);
    String asked = replica.takeRequest();
    assertThat(asked.toLowerCase(Locale.ROOT))
        .startsWith("get /health http/1.1\r\nhost: 127.0.0.1:" + replica.port() + "\r\n")
        .contains("\r\nuser-agent: fairlead-probe\r\n", "\r\nx-request-id: ")
        .doesNotContain("content-length", "transfer-encoding", "authorization");
    assertThat(stage.router().load().inFlight()).as("it takes a slot").isEqualTo(1);
    replica.go();
    stage.untilLoad(0, 0);
    stage.until(() -> !results().isEmpty());
    assertThat(results()).containsExactly("echo/blue well");
    assertThat(stage.finished()).isEmpty();
    assertThat(journal.find(new DecisionQuery(null, null, null, 10))).isEmpty();
  }

  @Test
  void asksOverHttp2WhereTheModelSpeaksIt() throws Exception {
    Http2Model model = stage.http2Model();
    stage.setup.scoring = new Scoring(5001, "/score", Scoring.Protocol.H2C, "/health");
    stage.start(model.address());
    untilProbed(1);
    try (Http2Caller connection = model.accept()) {
      Http2Caller.Head asked = connection.awaitHead();
      assertThat(asked.fields())
          .containsEntry(":method", "GET")
          .containsEntry(":path", "/health")
          .containsEntry("user-agent", "fairlead-probe");
      assertThat(asked.last()).isTrue();
      connection.headers(asked.stream(), true, ":status", "204").send();
      stage.until(() -> !results().isEmpty());
    }
    assertThat(results()).containsExactly("echo/blue well");
  }

  @ParameterizedTest
  @CsvSource({"204 No Content, well", "302 Found, well", "404 Not Found, unwell", "500 X, unwell"})
  void takesTheStatusAsKubernetesDoes(String line, String result) throws Exception {
    var replica = stage.replica();
    replica.always(Script.respond("HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n"));
    start(replica);
    while (results().isEmpty()) {
      secondOfAnswers();
    }
    assertThat(results()).containsExactly("echo/blue " + result);
  }

  @Test
  void ejectsAReplicaThatSaysItIsUnwellUntilItSaysItIsWell() throws Exception {
    var sick = stage.replica().always(Script.respond(UNWELL));
    var well = stage.replica();
    start(sick, well);
    while (stage.router().load().ejectedReplicas() == 0) {
      secondOfAnswers();
      assertThat(count("unwell")).isLessThanOrEqualTo(3);
    }
    assertThat(count("unwell")).isEqualTo(3);
    assertThat(count("failed")).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(stage.caller().call(Caller.post("{}")).status()).isEqualTo(200);
    }
    int asked = sick.untakenRequests();
    sick.always(Script.respond(FakeReplica.OK));
    while (stage.router().load().ejectedReplicas() > 0) {
      secondOfAnswers();
      assertThat(sick.untakenRequests()).isLessThanOrEqualTo(asked + 1);
    }
  }

  @Test
  void failsWhereNobodyListens() throws Exception {
    health("/health");
    FakeReplica other = stage.replica();
    stage.start(
        stage.nobody(), new InetSocketAddress(InetAddress.getLoopbackAddress(), other.port()));
    while (count("failed") < 3) {
      secondOfAnswers();
    }
    assertThat(stage.router().load().ejectedReplicas()).isEqualTo(1);
    assertThat(stage.router().meters().count("RETRY")).as("none is sent elsewhere").isZero();
  }

  @Test
  void failsAfterItsTimeAndHoldsItsSlotWhileTheModelMayBeBusy() throws Exception {
    var replica = stage.replica().next(Script.reading().waitForEnd());
    start(replica);
    untilProbed(1);
    replica.takeRequest();
    stage.advance(ofMillis(1_900));
    assertThat(results()).isEmpty();
    stage.advance(ofMillis(200));
    assertThat(results()).containsExactly("echo/blue failed");
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(ofMillis(5_010));
    replica.takeEnd();
    stage.untilLoad(0, 0);
  }

  @Test
  void failsWhereTheAnswerDoesNotEnd() throws Exception {
    var replica =
        stage
            .replica()
            .next(
                Script.reading()
                    .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
                    .waitForEnd());
    start(replica);
    untilProbed(1);
    replica.takeRequest();
    stage.until(this::isOverAfterItsTime);
    replica.takeEnd();
    assertThat(results()).containsExactly("echo/blue failed");
  }

  private boolean isOverAfterItsTime() {
    stage.advance(ofMillis(2_100));
    return stage.router().load().inFlight() == 0;
  }

  @Test
  void comesBeforeWhoWaitsForABusyReplica() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.requestTimeout(ofMinutes(5));
    start(replica);
    var first = stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    for (int i = 0; i < 11; i++) {
      second();
    }
    var second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    assertThat(replica.takeRequest()).startsWith("GET /health ");
    stage.untilLoad(1, 1);
    replica.go();
    assertThat(replica.takeRequest()).startsWith("POST /score ");
    replica.go();
    assertThat(second.answer().status()).isEqualTo(200);
    assertThat(replica.peakConcurrency()).isEqualTo(1);
    assertThat(results()).containsExactly("echo/blue well");
  }

  @Test
  void isNotHedgedAndSaysNothingOfHowLongRequestsTake() throws Exception {
    stage.hedging(1, OnClientGone.HOLD);
    var slow = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    var other = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    start(slow, other);
    HedgeBudget.earn(stage, 1);
    long delay = stage.router().dispatcher().hedgeDelayNanos();
    untilProbed(1);
    stage.until(() -> slow.acceptedConnections() + other.acceptedConnections() > 0);
    stage.advance(ofMillis(1_500));
    slow.go();
    other.go();
    stage.until(() -> !results().isEmpty());
    stage.untilLoad(0, 0);
    assertThat(slow.acceptedConnections() + other.acceptedConnections()).isEqualTo(1);
    assertThat(stage.router().dispatcher().hedgeDelayNanos()).isEqualTo(delay);
    slow.always(Script.respond(FakeReplica.OK));
    other.always(Script.respond(FakeReplica.OK));
  }

  @Test
  void endsWithTheDrain() throws Exception {
    var replica = stage.replica();
    start(replica);
    assertThat(stage.router().proxy().drain(1_000_000_000L)).isZero();
    for (int i = 0; i < 20; i++) {
      second();
    }
    assertThat(replica.acceptedConnections()).isZero();
  }
}
