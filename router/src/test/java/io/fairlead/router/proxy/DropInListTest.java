package io.fairlead.router.proxy;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.tls.TlsEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What somebody who moves over from azureml-fe by changing an address relies on, point by point.
 * The twelfth, settings in any letter case, is one of the chart: the router has none of them.
 */
final class DropInListTest {
  private static final Duration TICK = Duration.ofNanos(TimerWheel.TICK_NANOS);
  private static final String UUID = "123e4567-e89b-42d3-a456-426614174000";

  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;

  private FakeReplica start() throws IOException {
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("1: the score path")
  void scorePath(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.ask("POST", "/api/v1/endpoint/echo/score", "{}").body()).isEqualTo("ok");
    }
    assertThat(replica.takeRequest()).startsWith("POST /score HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("2: its alias")
  void aliasPath(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.ask("POST", "/api/v1/service/echo/score", "{}").body()).isEqualTo("ok");
    }
    assertThat(replica.takeRequest()).startsWith("POST /score HTTP/1.1\r\n");
  }

  private static Access keys(String primary, String secondary) {
    var keys = List.of(KeyDigest.of(primary), KeyDigest.of(secondary));
    return new Access(new Authentication.Keys(keys), null, false, null, null, 0);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("3: both keys, and their rotation")
  void keys(Asker.Version version) throws Exception {
    String one = "first-key-0123456789";
    String two = "second-key-0123456789";
    String three = "third-key-0123456789";
    stage.setup.access = keys(one, two);
    start();
    try (Asker asker = version.connect(stage.port())) {
      assertThat(statusWith(asker, one)).isEqualTo(200);
      assertThat(statusWith(asker, two)).isEqualTo(200);
      assertThat(statusWith(asker, three)).isEqualTo(401);
      stage
          .router()
          .apply(
              old -> {
                Endpoint rotated = old.endpoints().getFirst().with(keys(three, two));
                return new ClusterState(2, List.of(rotated), old.deployments());
              });
      assertThat(statusWith(asker, two)).as("good before and after").isEqualTo(200);
      assertThat(statusWith(asker, three)).isEqualTo(200);
      assertThat(statusWith(asker, one)).isEqualTo(401);
    }
  }

  private static int statusWith(Asker asker, String key) throws IOException {
    return asker.score("authorization: Bearer " + key).status();
  }

  private FakeReplica split(int blue, int green) throws IOException {
    var traffic = Traffic.of(new TrafficSplit(Map.of("blue", blue, "green", green)));
    FakeReplica other = stage.replica();
    stage.setup.endpoint(old -> old.with(traffic)).deployment("green", other);
    start();
    return other;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("4: a split of 90 to 10, within bounds")
  void split(Asker.Version version) throws Exception {
    FakeReplica green = split(90, 10);
    int asked = 1_000;
    try (Asker asker = version.connect(stage.port())) {
      for (int i = 0; i < asked; i++) {
        assertThat(asker.score().status()).isEqualTo(200);
      }
    }
    // sigma = sqrt(n * 0.9 * 0.1) = 9.5: four of them
    assertThat(green.untakenRequests()).isCloseTo(asked / 10, within(38));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("5: a deployment without traffic, by header")
  void addressed(Asker.Version version) throws Exception {
    FakeReplica green = split(100, 0);
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.score("azureml-model-deployment: green");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.field("azureml-model-deployment")).isEqualTo("green");
    }
    assertThat(green.untakenRequests()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("6: c = 1 and three callers: one is served, one waits, one is refused")
  void oneSlot(OpenCall.Version version) throws Exception {
    FakeReplica replica = start().always(Script.respondOnGo(FakeReplica.OK));
    OpenCall served = version.score(stage, "1");
    replica.takeRequest();
    OpenCall waits = version.score(stage, "2");
    stage.untilLoad(1, 1);
    Answer refused = version.score(stage, "3").answer();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.reason()).isEqualTo("too_many_pending_requests");
    assertThat(refused.field("retry-after")).isNotNull();
    replica.go();
    assertThat(served.answer().status()).isEqualTo(200);
    assertThat(replica.takeRequest()).endsWith("2");
    replica.go();
    assertThat(waits.answer().status()).isEqualTo(200);
    assertThat(replica.peakConcurrency()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("7: a model that takes too long is a 504")
  void overLong(OpenCall.Version version) throws Exception {
    FakeReplica replica = start().always(Script.respondOnGo(FakeReplica.OK));
    OpenCall slow = version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofSeconds(5).plus(TICK));
    assertThat(slow.answer().status()).isEqualTo(504);
    replica.go();
  }

  /** The replica serves on for as long as its {@code preStop} sleep, which outlasts the watch. */
  @ParameterizedTest
  @EnumSource
  @DisplayName("8: a replica deleted under load loses no request")
  void deletedReplica(Asker.Version version) throws Exception {
    FakeReplica leaves = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    FakeReplica stays = stage.replica();
    stage.start(leaves, stays);
    var over = new AtomicBoolean();
    var answered = new AtomicInteger();
    Callable<List<Answer>> caller =
        () -> {
          try (Asker asker = version.connect(stage.port())) {
            return Stream.generate(() -> answer(asker, answered))
                .takeWhile(answer -> answer.status() == 200 && !over.get())
                .toList();
          }
        };
    try (var callers = Executors.newFixedThreadPool(2)) {
      var all = List.of(callers.submit(caller), callers.submit(caller));
      leaves.takeRequest();
      stage.until(() -> answered.get() > 50);
      stage.router().apply(DropInListTest::withoutTheFirst);
      assertThat(stage.router().load().drainingReplicas()).isEqualTo(1);
      leaves.go(); // what it has begun before it sleeps
      stage.until(() -> stage.router().load().drainingReplicas() == 0);
      leaves.close();
      int before = answered.get();
      stage.until(() -> answered.get() > before + 100);
      assertThat(all).noneMatch(java.util.concurrent.Future::isDone);
      over.set(true);
      for (var each : all) {
        assertThat(each.get()).isNotEmpty();
      }
    }
    assertThat(stage.finished()).containsOnly("200 -");
  }

  private static Answer answer(Asker asker, AtomicInteger answered) {
    try {
      Answer answer = asker.score();
      answered.incrementAndGet();
      return answer;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ClusterState withoutTheFirst(ClusterState old) {
    Deployment blue = old.deployments().getFirst();
    List<Replica> rest = blue.replicas().subList(1, blue.replicas().size());
    var changed = new Deployment(blue.key(), rest, blue.scoring(), blue.requestSettings());
    return new ClusterState(2, old.endpoints(), List.of(changed));
  }

  /**
   * What a model may do wrong, and what its caller gets.
   *
   * @param reason the router's; null where the answer is the model's
   */
  record Misdeed(String what, Script script, int status, @Nullable String reason) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Misdeed> misdeeds() {
    String reset = "upstream_reset";
    String nonsense = "upstream_protocol_error";
    String ok = "HTTP/1.1 200 OK\r\n";
    String html = "Connection: close\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno";
    return Stream.of(
        new Misdeed("closes after its answer", Script.respond(DataPath.OK_AND_CLOSE), 200, null),
        new Misdeed(
            "closes and does not say so", Script.respondAndClose(FakeReplica.OK), 200, null),
        new Misdeed("its worker dies", Script.reading().close(), 502, reset),
        new Misdeed(
            "resets what is in its backlog", Script.blank().readBytes(1).reset(), 502, reset),
        new Misdeed("leaves within its head", Script.respondAndClose(ok + "Conte"), 502, reset),
        new Misdeed("refuses by itself", Script.respond("HTTP/1.1 431 X\r\n" + html), 431, null),
        new Misdeed("is broken", Script.respond("HTTP/1.1 500 X\r\n" + html), 500, null),
        new Misdeed(
            "talks nonsense", Script.respond("nonsense\r\n\r\n").waitForEnd(), 502, nonsense),
        new Misdeed(
            "says two lengths",
            Script.respond(ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok").waitForEnd(),
            502,
            nonsense),
        new Misdeed(
            "says length and chunks",
            Script.respond(ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n")
                .waitForEnd(),
            502,
            nonsense),
        new Misdeed(
            "switches protocols unasked",
            Script.respond("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n").waitForEnd(),
            502,
            nonsense),
        new Misdeed(
            "sends a huge head",
            Script.respond(ok + "a: " + "b".repeat(70_000) + "\r\n\r\n").waitForEnd(),
            502,
            nonsense),
        new Misdeed("sends more than it said", Script.respond(FakeReplica.OK + "more"), 200, null));
  }

  @ParameterizedTest
  @MethodSource("misdeeds")
  @DisplayName("9: whatever a model does wrong, its caller is told and the next one is served")
  void misbehaviour(Misdeed misdeed) throws Exception {
    FakeReplica replica = start().always(Script.respondAndClose(DataPath.OK_AND_CLOSE));
    for (Asker.Version version : Asker.Version.values()) {
      replica.next(misdeed.script());
      try (Asker asker = version.connect(stage.port())) {
        Answer answer = asker.score();
        assertThat(answer.status()).isEqualTo(misdeed.status());
        assertThat(answer.reason()).isEqualTo(misdeed.reason());
        assertThat(asker.score().body()).isEqualTo("ok");
      }
      stage.untilLoad(0, 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("10: the request id is kept if it is a UUID, and replaced if not")
  void requestId(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      Answer kept = asker.score("x-request-id: " + UUID, "x-ms-client-request-id: mine");
      assertThat(kept.field("x-request-id")).isEqualTo(UUID);
      assertThat(kept.field("x-ms-client-request-id")).isEqualTo("mine");
      assertThat(replica.takeRequest()).contains("x-request-id: " + UUID + "\r\n");
      String made = asker.score("x-request-id: mine").field("x-request-id");
      assertThat(made).hasSize(36).isNotEqualTo(UUID);
      assertThat(replica.takeRequest()).contains("x-request-id: " + made + "\r\n");
    }
  }

  @Test
  @DisplayName("11: a certificate is rotated while callers are served")
  void certificate() throws Exception {
    start();
    try (var tls = new TestTls(directory, TlsEngine.Choice.AUTO, "first.test")) {
      int port = stage.router().listen(tls.contexts());
      SSLSocket old = TestTls.connect(port, "first.test", "http/1.1");
      stage.closes(old);
      Caller before = new Caller(old);
      assertThat(before.call(Caller.post("{}")).status()).isEqualTo(200);
      assertThat(nameOf(old)).contains("first.test");
      tls.write("second.test");
      tls.contexts().poll(Instant.now());
      SSLSocket fresh = TestTls.connect(port, "second.test", "http/1.1");
      stage.closes(fresh);
      assertThat(new Caller(fresh).call(Caller.post("{}")).status()).isEqualTo(200);
      assertThat(nameOf(fresh)).contains("second.test");
      assertThat(before.call(Caller.post("{}")).status()).as("goes on").isEqualTo(200);
    }
  }

  private static String nameOf(SSLSocket socket) throws Exception {
    var leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return String.valueOf(leaf.getSubjectAlternativeNames());
  }
}
