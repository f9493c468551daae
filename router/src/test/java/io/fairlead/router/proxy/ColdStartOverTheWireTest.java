package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deployment that may have no replica, and the caller who finds none. */
class ColdStartOverTheWireTest {
  @RegisterExtension final Stage stage = new Stage();

  private static ClusterState scaled(ClusterState old, List<Replica> replicas) {
    return new ClusterState(
        old.version() + 1,
        old.endpoints(),
        old.deployments().stream().map(one -> scaled(one, replicas)).toList());
  }

  private static Deployment scaled(Deployment plain, List<Replica> replicas) {
    return new Deployment(
        plain.key(),
        replicas,
        plain.scoring(),
        plain.requestSettings(),
        new ScaleSettings(
            ScaleSettings.Type.TARGET_UTILIZATION,
            0,
            5,
            70,
            ofSeconds(1),
            ScaleSettings.Mode.ACTIVE,
            0,
            new ScaleOptions(false, false, ofSeconds(30), List.of())),
        1,
        null);
  }

  @Test
  void isServedByTheFirstReplicaThatComes() throws Exception {
    FakeReplica replica = stage.replica().next(Script.respond(FakeReplica.OK));
    stage.setup.state(old -> scaled(old, List.of()));
    TestRouter router = stage.start(new InetSocketAddress[0]);
    var caller = stage.caller().send(Caller.post("{}"));
    stage.untilLoad(0, 1);
    stage.advance(ofSeconds(20));
    assertThat(caller.isQuiet()).isTrue();

    router.apply(old -> scaled(old, List.of(new Replica("127.0.0.1", replica.port()))));

    assertThat(caller.answer().status()).isEqualTo(200);
  }

  @Test
  void isToldWhenToComeAgainIfNoneComes() throws Exception {
    stage.setup.state(old -> scaled(old, List.of()));
    stage.start(new InetSocketAddress[0]);
    var caller = stage.caller().send(Caller.post("{}"));
    stage.untilLoad(0, 1);

    stage.advance(ofSeconds(30).plus(ofMillis(20)));

    Answer answer = caller.answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.reason()).isEqualTo("model_not_ready");
    assertThat(answer.body()).contains("no slot became free within 30");
    assertThat(answer.field("retry-after-ms")).matches("[1-9][0-9]*");
  }
}
