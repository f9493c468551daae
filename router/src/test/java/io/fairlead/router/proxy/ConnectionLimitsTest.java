package io.fairlead.router.proxy;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.model.Limits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many connections, how long, and how they end. */
final class ConnectionLimitsTest {
  private static final long PATIENCE = Soon.PATIENCE.toNanos();

  @RegisterExtension final Stage stage = new Stage();

  private void limit(int perListener, int total, int requests, int inFlight) {
    var old = Limits.Connections.DEFAULT;
    stage.setup.limits =
        Limits.DEFAULT.withConnections(
            new Limits.Connections(
                perListener,
                total,
                old.tlsHandshake(),
                old.maxClientHelloBytes(),
                old.keepAliveIdle(),
                requests,
                old.maxAge(),
                inFlight,
                old.drainDelay(),
                old.drain()));
  }

  @Test
  void refusesMoreConnectionsThanAListenerMayHave() throws Exception {
    limit(2, 100, 100, 100);
    stage.start(stage.replica());
    refusesTheThird(Caller.connect(stage.router().listen()));
  }

  @Test
  void refusesMoreConnectionsThanAllListenersMayHave() throws Exception {
    limit(100, 3, 100, 100);
    stage.start(stage.replica());
    var other = Caller.connect(stage.router().listen());
    assertThat(other.call(Caller.get("/healthz")).status()).isEqualTo(200);
    refusesTheThird(other);
  }

  private void refusesTheThird(Caller ofAnotherListener) throws Exception {
    try (ofAnotherListener) {
      var first = stage.caller();
      assertThat(first.call(Caller.get("/healthz")).status()).isEqualTo(200);
      assertThat(stage.caller().call(Caller.get("/healthz")).status()).isEqualTo(200);
      assertThat(stage.caller().isClosed()).isTrue();
      assertThat(stage.router().meters().count("CONNECTION_REFUSED")).isEqualTo(1);
      assertThat(ofAnotherListener.call(Caller.get("/healthz")).status()).isEqualTo(200);
      first.close();
      stage.until(() -> stage.router().meters().count("CONNECTION_CLOSED") == 1);
      assertThat(stage.caller().call(Caller.get("/healthz")).status()).isEqualTo(200);
    }
  }

  @Test
  void endsAConnectionAfterItsLastRequest() throws Exception {
    limit(100, 100, 3, 100);
    stage.start(stage.replica());
    var caller = stage.caller();
    assertThat(caller.call(Caller.post("{}")).closes()).isFalse();
    assertThat(caller.call(Caller.post("{}")).closes()).isFalse();
    assertThat(caller.call(Caller.post("{}")).closes()).isTrue();
    assertThat(caller.isClosed()).isTrue();
  }

  @Test
  void endsAnOldConnectionAfterAnAnswer() throws Exception {
    stage.start(stage.replica());
    var caller = stage.caller();
    for (int minute = 0; minute < 47; minute++) {
      assertThat(caller.call(Caller.post("{}")).closes()).isFalse();
      stage.advance(ofMinutes(1));
    }
    int minute = 47;
    while (!caller.call(Caller.post("{}")).closes()) {
      stage.advance(ofMinutes(1));
      minute++;
    }
    assertThat(minute).as("an hour, give or take a fifth").isBetween(48, 73);
    assertThat(caller.isClosed()).isTrue();
  }

  @Test
  void refusesMoreRequestsThanItMayHaveInFlight() throws Exception {
    limit(100, 100, 100, 1);
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var first = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    var second = stage.caller();
    Answer answer = second.call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("router_overloaded");
    assertThat(answer.field("retry-after")).matches("[1-9][0-9]*");
    assertThat(second.call(Caller.get("/healthz")).status()).isEqualTo(200);
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    assertThat(second.call(Caller.post("{}")).status()).isEqualTo(200);
  }

  @Test
  void tellsALoadBalancerThatItIsThere() throws Exception {
    stage.start(stage.replica());
    for (String path : new String[] {"/", "/healthz"}) {
      Answer answer = stage.caller().call(Caller.get(path));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("ok\n");
      assertThat(answer.field("content-type")).isEqualTo("text/plain");
    }
  }

  @Test
  void drains() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var silent = stage.caller();
    var idle = stage.caller();
    assertThat(idle.call(Caller.get("/")).status()).isEqualTo(200);
    var busy = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    var asking = stage.caller().send("GET /healthz HTTP/1.1\r\nHost: x\r\n");
    stage.router().settle();

    var drained = CompletableFuture.supplyAsync(this::drain);
    assertThat(idle.isClosed()).isTrue();
    assertThat(silent.isClosed()).isTrue();
    Answer health = asking.call("\r\n");
    assertThat(health.status()).isEqualTo(503);
    assertThat(health.body()).isEqualTo("draining\n");
    assertThat(health.closes()).isTrue();
    asking.close();
    assertThat(drained).isNotDone();
    replica.go();
    Answer last = busy.answer();
    assertThat(last.status()).isEqualTo(200);
    assertThat(last.closes()).isTrue();
    assertThat(busy.isClosed()).isTrue();
    busy.close();
    assertThat(drained.get()).isZero();
  }

  @Test
  void partsWithCallersAndServesThem() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var old = stage.caller();
    assertThat(old.call(Caller.post("{}")).closes()).isFalse();

    stage.router().proxy().part();

    Answer last = old.call(Caller.post("{}"));
    assertThat(last.status()).isEqualTo(200);
    assertThat(last.closes()).isTrue();
    assertThat(old.isClosed()).isTrue();
    Answer newcomers = stage.caller().call(Caller.post("{}"));
    assertThat(newcomers.status()).isEqualTo(200);
    assertThat(newcomers.closes()).isTrue();
  }

  @Test
  void givesUpDraining() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    var router = stage.start(replica);
    stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    assertThat(router.proxy().drain(1)).isPositive();
  }

  private int drain() {
    try {
      return stage.router().proxy().drain(PATIENCE);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void sendsAllOfItsLastAnswerToASlowReader() throws Exception {
    int size = 8 << 20;
    var replica = stage.replica();
    replica.next(
        Script.reading()
            .send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n")
            .send(new byte[size]));
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}", "Connection: close"));
    stage.until(() -> stage.router().load().inFlight() == 1);
    int read = 0;
    while (stage.router().load().inFlight() > 0) {
      read += caller.read(4_096).length(); // until the rest is in the router alone
      stage.router().settle();
    }
    stage.advance(Duration.ofSeconds(2));
    assertThat(read + caller.readAll().length()).isGreaterThan(size);
  }

  @Test
  void drainWaitsForAModelThatIsAtWorkForACallerWhoHasLeft() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    caller.close();
    stage.until(() -> stage.router().proxy().connections() == 0);
    stage.untilLoad(1, 0);

    Thread drain = stage.startDraining();

    assertThat(drain.join(Duration.ofMillis(300))).as("over").isFalse();
    replica.go();
    drain.join();
    stage.untilLoad(0, 0);
  }
}
