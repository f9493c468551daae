package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.HedgeCounts;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies of live requests for a mirror deployment, over the wire and in virtual time. */
@ExtendWith(Leaks.class)
class MirrorTest {
  /** The largest share there may be; with the seed of the test router some requests are copied. */
  private static final int HALF = 50;

  @RegisterExtension final Stage stage = new Stage();
  private final FakeReplica blue;
  private final FakeReplica green;

  MirrorTest() throws IOException {
    blue = stage.replica();
    green = stage.replica();
  }

  private void start(int percent) {
    var traffic =
        new Traffic(new TrafficSplit(Map.of("blue", 100)), new Mirror("green", percent), null);
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", green);
    stage.start(blue);
  }

  private List<String> results() {
    return List.copyOf(stage.router().meters().mirrored);
  }

  private void untilResults(int count) {
    stage.until(() -> results().size() >= count);
    assertThat(results()).hasSize(count);
  }

  /** Returns how many copies there were, under way, ended and left out. */
  private int copies() {
    stage.router().settle();
    // in this order: a copy that ends meanwhile has its result before it frees its slot
    int underWay = stage.router().dispatcher("green").load(0).inFlight();
    return underWay + results().size();
  }

  /** Asks until one more request was copied, or was to be. */
  private Answer askUntilCopied(Asker asker, String body) throws Exception {
    int before = copies();
    for (int i = 0; i < 100; i++) {
      Answer answer = asker.ask("POST", TestRouter.SCORE + "?v=1", body, "x-own: a");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
      if (copies() > before) {
        return answer;
      }
    }
    throw new AssertionError("none of 100 requests was copied at 50 %");
  }

  @ParameterizedTest
  @EnumSource
  void sendsTheSameRequestAndDropsTheAnswer(Asker.Version version) throws Exception {
    start(HALF);
    blue.always(Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nblue"));
    green.always(Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngreen"));
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = askUntilCopied(asker, "{\"a\": 1}");
      assertThat(answer.body()).isEqualTo("blue");
      String copied = green.takeRequest().toLowerCase(Locale.ROOT);
      assertThat(copied)
          .startsWith("post /score?v=1 http/1.1\r\nhost: models.test\r\n")
          .contains(
              "\r\nx-own: a\r\n",
              "\r\nx-fairlead-mirror: true\r\n",
              "\r\ncontent-length: 8\r\n",
              "\r\nx-request-id: " + answer.field("x-request-id") + "\r\n",
              "\r\nx-forwarded-for: 127.0.0.1\r\n")
          .endsWith("\r\n\r\n{\"a\": 1}");
    }
    untilResults(1);
    assertThat(results()).containsExactly("echo/green 2xx");
    while (blue.untakenRequests() > 0) {
      assertThat(blue.takeRequest()).doesNotContain("x-fairlead-mirror");
    }
  }

  @Test
  void copiesAsManyAsTheShareSays() throws Exception {
    start(20);
    int asked = 500;
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      for (int i = 0; i < asked; i++) {
        assertThat(asker.score().status()).isEqualTo(200);
      }
    }
    // sigma = sqrt(n * 0.2 * 0.8) = 9: four of them; not sent for want of a slot counts too
    stage.until(() -> stage.router().dispatcher("green").load(0).inFlight() == 0);
    assertThat(results().size()).isCloseTo(asked / 5, within(36));
    assertThat(blue.untakenRequests()).isEqualTo(asked);
  }

  @Test
  void neverCopiesARequestThatNamesItsDeployment() throws Exception {
    start(HALF);
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      for (int i = 0; i < 50; i++) {
        asker.score("azureml-model-deployment: blue");
      }
    }
    assertThat(results()).isEmpty();
    assertThat(green.acceptedConnections()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aMirrorThatHangsDelaysNobody(Asker.Version version) throws Exception {
    start(HALF);
    green.always(Script.reading().waitForEnd());
    try (Asker asker = version.connect(stage.port())) {
      askUntilCopied(asker, "{}");
      green.takeRequest();
      askUntilCopied(asker, "{}");
      assertThat(results()).as("and takes no second slot").containsExactly("echo/green no_slot");

      stage.advance(Duration.ofMillis(5_100));
      untilResults(2);
      assertThat(results()).contains("echo/green failed");
      assertThat(stage.router().dispatcher("green").load(stage.router().now()).inFlight())
          .as("an abandoned request keeps its slot for one more time-out")
          .isEqualTo(1);
      stage.advance(Duration.ofMillis(5_100));
      stage.until(() -> stage.router().dispatcher("green").load(0).inFlight() == 0);
      assertThat(asker.score().status()).isEqualTo(200);
    }
  }

  @Test
  void aMirrorThatIsNotThereFailsNobody() throws Exception {
    stage
        .setup
        .endpoint(
            old ->
                old.with(
                    new Traffic(
                        new TrafficSplit(Map.of("blue", 100)), new Mirror("green", HALF), null)))
        .deployment("green", stage.nobody());
    stage.start(blue);
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      askUntilCopied(asker, "{}");
      untilResults(1);
      assertThat(results()).containsExactly("echo/green failed");
      assertThat(asker.score().status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyThatIsNotKeptWholeIsNotCopied() throws Exception {
    start(HALF);
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      askUntilCopied(asker, "x".repeat(300_000));
    }
    assertThat(results()).containsExactly("echo/green too_large");
    assertThat(green.acceptedConnections()).isZero();
  }

  @Test
  void aLongAnswerOfTheMirrorGoesNowhere() throws Exception {
    start(HALF);
    int size = 1_000_000;
    green.always(
        Script.respond(
            DataPath.CHUNKED_HEAD
                + Integer.toHexString(size)
                + "\r\n"
                + "x".repeat(size)
                + "\r\n0\r\nX-Sum: 1\r\n\r\n"));
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      assertThat(askUntilCopied(asker, "{}").body()).isEqualTo("ok");
    }
    untilResults(1);
    assertThat(results()).containsExactly("echo/green 2xx");
  }

  @Test
  void comparesWithTheLiveRequest() throws Exception {
    start(HALF);
    green.always(Script.respondOnGo("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"));
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      askUntilCopied(asker, "{}");
      green.takeRequest();
      stage.advance(Duration.ofMillis(50));
      green.go();
      untilResults(1);
    }
    assertThat(results()).containsExactly("echo/green 5xx");
    assertThat(stage.router().meters().compared).containsExactly("echo/green different slower");
  }

  @Test
  void isNoRequestInTheMetersOfRequests() throws Exception {
    start(HALF);
    int asked = 40;
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      for (int i = 0; i < asked; i++) {
        asker.score();
      }
    }
    stage.until(() -> stage.router().dispatcher("green").load(0).inFlight() == 0);
    assertThat(results()).isNotEmpty();
    assertThat(stage.router().meters().finished).hasSize(asked);
  }

  @Test
  void goesOnWithoutTheCallerOfTheLiveRequest() throws Exception {
    stage.settings(0, OnClientGone.CANCEL, false);
    start(HALF);
    blue.always(Script.reading().waitForEnd());
    green.always(Script.respondOnGo(FakeReplica.OK));
    int callers = 0;
    while (copies() == 0) {
      assertThat(++callers).isLessThan(50);
      Caller caller = stage.caller().send(Caller.post("{}"));
      blue.takeRequest();
      caller.close();
      stage.untilLoad(0, 0);
    }
    green.takeRequest();
    green.go();
    untilResults(1);
    assertThat(results()).containsExactly("echo/green 2xx");
    assertThat(stage.router().meters().compared).as("nothing to compare with").isEmpty();
  }

  @Test
  void isNeverHedged() throws Exception {
    stage.hedging(1, OnClientGone.HOLD);
    FakeReplica other = stage.replica();
    var traffic =
        new Traffic(new TrafficSplit(Map.of("blue", 100)), new Mirror("green", HALF), null);
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", green, other);
    stage.start(blue);
    Dispatcher mirror = stage.router().dispatcher("green");
    HedgeBudget.earn(mirror, stage.router().now());
    green.always(Script.respondOnGo(FakeReplica.OK));
    other.always(Script.respondOnGo(FakeReplica.OK));
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      askUntilCopied(asker, "{}");
    }
    stage.until(() -> green.acceptedConnections() + other.acceptedConnections() > 0);
    stage.advance(Duration.ofSeconds(4));
    assertThat(green.acceptedConnections() + other.acceptedConnections()).isEqualTo(1);
    assertThat(mirror.hedges()).isEqualTo(new HedgeCounts(0, 0, 0, 0));
    green.go();
    other.go();
    untilResults(1);
  }

  /** However slow the mirror is, there are never more copies than that. */
  @Test
  void boundsTheCopiesOfALoop() throws Exception {
    stage.settings(0, OnClientGone.CANCEL, false);
    start(HALF);
    green.always(Script.reading().waitForEnd());
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      while (!results().contains("echo/green too_many")) {
        assertThat(asker.score().status()).isEqualTo(200);
        assertThat(blue.untakenRequests()).isLessThan(2_000);
      }
    }
    assertThat(stage.router().dispatcher("green").load(0).inFlight())
        .isEqualTo(Mirrors.MOST_COPIES);
    stage.advance(Duration.ofMillis(5_100));
    stage.until(() -> stage.router().dispatcher("green").load(0).inFlight() == 0);
  }

  @Test
  void isLeftOutWhereTheRouterIsShortOfSomething() throws Exception {
    start(HALF);
    stage.router().proxy().overload(new OverloadState(OverloadStage.NO_KEEP_ALIVE, List.of()));
    for (int i = 0; i < 50 && results().isEmpty(); i++) {
      try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
        assertThat(asker.score().status()).isEqualTo(200);
      }
    }
    assertThat(results()).containsExactly("echo/green too_many");
  }
}
