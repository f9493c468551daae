package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.WebSockets.upgrade;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.journal.DecisionJournal;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What passes through an open WebSocket over HTTP/1.1, and how it ends. */
@ExtendWith(Leaks.class)
final class WebSocketTunnelTest {
  private static final int SIZE = 20_000_000;

  @RegisterExtension final Stage stage = new Stage();
  private final DecisionJournal journal = new DecisionJournal(64, 64, InstantSource.system());
  private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
  private RawModel model;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    model = RawModel.start();
    stage.closes(model);
    stage.setup.allocator(allocator);
    stage.setup.observers = journal;
    stage.setup.endpoint(e -> WebSockets.allowed(e, true));
    stage.start(model.address());
    caller = stage.caller();
  }

  /** Opens a WebSocket for {@code caller} and returns its other end. */
  private RawModel.Connection open() throws Exception {
    caller.send(upgrade());
    RawModel.Connection connection = model.agree();
    assertThat(caller.answer().status()).isEqualTo(101);
    return connection;
  }

  private Decision decision() {
    stage.router().settle();
    List<Decision> all = journal.find(new DecisionQuery(null, null, null, 10));
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  // ---- bytes

  @Test
  void passesOnBytesHoweverTheyAreSplit() throws Exception {
    RawModel.Connection connection = open();
    String frames =
        "\u0081\u0085\u0001\u0002\u0003\u0004Hello\u0089\u0000\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    for (int at = 0; at <= frames.length(); at++) {
      caller.send(frames.substring(0, at));
      stage.router().settle();
      caller.send(frames.substring(at));
      assertThat(connection.read(frames.length())).isEqualTo(frames);
      connection.send(frames.substring(0, at));
      stage.router().settle();
      connection.send(frames.substring(at));
      assertThat(caller.read(frames.length())).isEqualTo(frames);
    }
  }

  @Test
  void makesEitherSideWaitForTheOther() throws Exception {
    RawModel.Connection connection = open();
    Thread up = Thread.ofVirtual().start(() -> quietly(() -> caller.send("u".repeat(SIZE))));
    Thread down = Thread.ofVirtual().start(() -> quietly(() -> connection.send("d".repeat(SIZE))));
    long most = 0;
    for (int read = 0; read < SIZE; read += SIZE / 100) {
      assertThat(connection.read(SIZE / 100)).hasSize(SIZE / 100);
      most = Math.max(most, allocator.pinnedDirectMemory());
    }
    for (int read = 0; read < SIZE; read += SIZE / 100) {
      assertThat(caller.read(SIZE / 100)).hasSize(SIZE / 100);
      most = Math.max(most, allocator.pinnedDirectMemory());
    }
    up.join();
    down.join();
    assertThat(most).as("bytes that wait in the router").isLessThan(SIZE / 10);
  }

  private interface Sending {
    void run() throws IOException;
  }

  private static void quietly(Sending sending) {
    try {
      sending.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- the end

  @Test
  void holdsItsSlotUntilTheModelEndsIt() throws Exception {
    RawModel.Connection connection = open();
    stage.advance(ofSeconds(30));
    caller.send("12345");
    assertThat(connection.read(5)).isEqualTo("12345");
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    connection.send("the end");
    connection.close();
    assertThat(caller.read(7)).isEqualTo("the end");
    assertThat(caller.end()).isEqualTo(FakeReplica.End.FIN);
    stage.untilLoad(0, 0);
    stage.untilFinished("101 -");
    assertThat(stage.router().meters().count("WEBSOCKET_OPENED")).isEqualTo(1);
    assertThat(stage.router().meters().streams).as("it is no streamed answer").isEmpty();
    Decision decision = decision();
    assertThat(decision.status()).isEqualTo(101);
    assertThat(decision.error()).isNull();
    assertThat(decision.detail()).isEqualTo("the model ended the WebSocket");
    assertThat(decision.modelStatus()).isEqualTo(101);
    assertThat(decision.requestBytes()).isEqualTo(5);
    assertThat(decision.responseBytes()).isEqualTo(7);
    assertThat(decision.phases().relayNanos()).isEqualTo(30_000_000_000L);
  }

  @Test
  void givesTheModelAMomentToEndItWhenTheCallerHas() throws Exception {
    RawModel.Connection connection = open();
    stage.whilePaused(
        () -> {
          caller.send("the end");
          caller.close();
        });
    assertThat(connection.read(7)).as("nothing is lost").isEqualTo("the end");
    assertThat(connection.end()).isEqualTo(FakeReplica.End.FIN);
    stage.router().settle();
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    connection.send("for nobody");
    connection.close();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 -");
    assertThat(stage.router().meters().count("CLIENT_GONE")).isZero();
    assertThat(decision().detail()).isEqualTo("the caller ended the WebSocket");
    assertThat(decision().callerLeft()).isFalse();
  }

  @Test
  void doesNotWaitLongForAModelThatDoesNotEndIt() throws Exception {
    RawModel.Connection connection = open();
    caller.reset();
    connection.end();
    stage.advance(ofMillis(990));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(ofMillis(20));
    stage.untilLoad(0, 0);
  }

  @Test
  void doesNotPassOffAResetOfTheModelAsAnEnd() throws Exception {
    RawModel.Connection connection = open();
    connection.send("\u0082\u0010half");
    assertThat(caller.read(6)).endsWith("half");
    connection.reset();
    assertThat(caller.end()).isEqualTo(FakeReplica.End.RST);
    stage.untilLoad(0, 0);
    stage.untilFinished("101 upstream_reset");
  }

  @Test
  void endsOneThatIsIdleBothWaysAndBlamesNobody() throws Exception {
    RawModel.Connection connection = open();
    stage.advance(ofSeconds(200));
    caller.send("a");
    connection.read(1);
    stage.advance(ofSeconds(200));
    connection.send("b");
    caller.read(1);
    stage.advance(ofSeconds(299));
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    stage.advance(ofSeconds(2));
    assertThat(caller.end()).isEqualTo(FakeReplica.End.FIN);
    assertThat(connection.end()).isEqualTo(FakeReplica.End.FIN);
    connection.close();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 request_timeout");
    assertThat(decision().error()).isEqualTo(RouterError.REQUEST_TIMEOUT);
    assertThat(decision().detail())
        .isEqualTo("neither side of the WebSocket sent anything for 300 s");
    for (int i = 0; i < 10; i++) { // as many as would eject the replica if it were its fault
      caller = stage.caller();
      RawModel.Connection next = open();
      stage.advance(ofSeconds(301));
      next.end();
      next.close();
      stage.untilLoad(0, 0);
    }
    assertThat(stage.router().load().ejectedReplicas()).isZero();
  }

  @Test
  void givesUpACallerThatTakesNothing() throws Exception {
    RawModel.Connection connection = open();
    Thread down =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    connection.send("d".repeat(SIZE));
                  } catch (IOException cut) {
                    // as it should be
                  }
                });
    assertThat(caller.read(1)).as("all that it takes").isEqualTo("d");
    stage.untilGivenUp(allocator);
    connection.close();
    down.join();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 body_timeout");
  }

  // ---- the router leaves

  @Test
  void staysOpenWhileTheRouterDrainsAndIsEndedAtTheEndOfIt() throws Exception {
    RawModel.Connection connection = open();
    assertThat(stage.router().proxy().drain(0)).as("it was open").isPositive();
    connection.end();
    assertThat(caller.end()).isEqualTo(FakeReplica.End.FIN);
    connection.close();
    stage.untilLoad(0, 0);
    stage.untilFinished("101 draining");
  }

  @Test
  void worksOnWhileTheRouterDrains() throws Exception {
    RawModel.Connection connection = open();
    Thread drain = stage.startDraining();
    stage.until(() -> stage.router().proxy().loops().iterator().next().admission.isDraining());
    caller.send("a");
    assertThat(connection.read(1)).isEqualTo("a");
    connection.send("b");
    assertThat(caller.read(1)).isEqualTo("b");
    connection.close();
    caller.end();
    caller.close();
    drain.join();
    stage.untilFinished("101 -");
  }

  @Test
  void survivesThatTheRouterKeepsNoConnections() throws Exception {
    RawModel.Connection connection = open();
    stage.router().proxy().overload(new OverloadState(OverloadStage.NO_KEEP_ALIVE, List.of()));
    stage.router().settle();
    caller.send("a");
    assertThat(connection.read(1)).isEqualTo("a");
  }

  @Test
  void survivesThatItsReplicaIsRemoved() throws Exception {
    RawModel.Connection connection = open();
    stage
        .router()
        .apply(
            state ->
                new ClusterState(
                    state.version() + 1,
                    state.endpoints(),
                    state.deployments().stream()
                        .map(
                            d ->
                                new Deployment(
                                    d.key(), List.of(), d.scoring(), d.requestSettings()))
                        .toList()));
    caller.send("a");
    assertThat(connection.read(1)).isEqualTo("a");
    assertThat(stage.router().load().drainingReplicas()).isEqualTo(1);
    connection.close();
    caller.end();
    stage.untilLoad(0, 0);
    assertThat(stage.router().load().drainingReplicas()).isZero();
  }
}
