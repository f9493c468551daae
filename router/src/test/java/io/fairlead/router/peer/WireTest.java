package io.fairlead.router.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.fairlead.peer.v1.DeploymentKey;
import io.fairlead.peer.v1.DeploymentReport;
import io.fairlead.peer.v1.FromCoordinator;
import io.fairlead.peer.v1.FromRouter;
import io.fairlead.peer.v1.Grants;
import io.fairlead.peer.v1.Heartbeat;
import io.fairlead.peer.v1.Hello;
import io.fairlead.peer.v1.Refusal;
import io.fairlead.peer.v1.Slots;
import io.fairlead.router.fleet.Refusal.Reason;
import java.io.ByteArrayInputStream;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class WireTest {
  private static final RouterWire ROUTER = new RouterWire();
  private static final CoordinatorWire COORDINATOR = new CoordinatorWire();

  @Test
  void everyMessageComesOutAsItWentIn() {
    for (long seed = 0; seed < 300; seed++) {
      var samples = new Samples(seed);
      var report = new Message.Report(samples.heartbeat());
      assertThat(ROUTER.parse(ROUTER.stream(report))).as("seed %d", seed).isEqualTo(report);
      var grants = new Message.Answered(samples.grants());
      assertThat(COORDINATOR.parse(COORDINATOR.stream(grants)))
          .as("seed %d", seed)
          .isEqualTo(grants);
      var handover = new Message.HandedOver(samples.handover());
      assertThat(COORDINATOR.parse(COORDINATOR.stream(handover)))
          .as("seed %d", seed)
          .isEqualTo(handover);
    }
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void eachReasonOfARefusalHasAName(Reason reason) {
    var refusal =
        new Message.Answered(new io.fairlead.router.fleet.Refusal(reason, 7, "x: 1 (expected: 2)"));
    assertThat(COORDINATOR.parse(COORDINATOR.stream(refusal))).isEqualTo(refusal);
  }

  @Test
  void fieldsOfALaterVersionAreSkipped() {
    var later =
        UnknownFieldSet.newBuilder()
            .addField(
                900,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                    .build())
            .build();
    var heartbeat = valid().setUnknownFields(later).build();
    assertThat(
            parse(FromRouter.newBuilder().setHeartbeat(heartbeat).setUnknownFields(later).build()))
        .isInstanceOf(Message.Report.class);
    assertThat(parse(FromRouter.newBuilder().setUnknownFields(later).build()))
        .isEqualTo(new Message.Skipped());
  }

  @Test
  void bytesThatAreNotOfTheSchemaAreUnreadable() {
    var text = new byte[] {'G', 'E', 'T', ' ', '/'};
    assertThat(ROUTER.parse(new ByteArrayInputStream(text))).isInstanceOf(Message.Unreadable.class);
    assertThat(COORDINATOR.parse(new ByteArrayInputStream(text)))
        .isInstanceOf(Message.Unreadable.class);
  }

  static Stream<Arguments> badHeartbeats() {
    return Stream.of(
        bad("protocol: 0", heartbeat -> heartbeat.setProtocol(0)),
        bad("router", heartbeat -> heartbeat.setRouter("")),
        bad("router", heartbeat -> heartbeat.setRouter("a b")),
        bad("router", heartbeat -> heartbeat.setRouter("a".repeat(254))),
        bad("epoch: -1", heartbeat -> heartbeat.setEpoch(-1)),
        bad("sequence: 0", heartbeat -> heartbeat.setSequence(0)),
        bad("seen: -5", heartbeat -> heartbeat.setSeen(-5)),
        bad("deployments: one is listed twice", heartbeat -> heartbeat.addDeployments(report())),
        badReport("endpoint", report -> report.setKey(DeploymentKey.getDefaultInstance())),
        badReport("deployment", report -> report.getKeyBuilder().setDeployment("no good: \u0007")),
        badReport("namespace", report -> report.getKeyBuilder().setNamespace("a".repeat(64))),
        badReport("inUse: -1", report -> report.setInUse(-1)),
        badReport("queued: -1", report -> report.setQueued(-1)),
        badReport("oldestWaitMillis: -1", report -> report.setOldestWaitMillis(-1)),
        badReport("arrivals: -1", report -> report.setArrivals(-1)),
        badReport("replicas: one is listed twice", report -> report.addReplicas(slots())),
        badSlots("host", slots -> slots.setHost("localhost")),
        badSlots("host", slots -> slots.setHost("1".repeat(1000))),
        badSlots("port: 0", slots -> slots.setPort(0)),
        badSlots("port: 65536", slots -> slots.setPort(65_536)),
        badSlots("slots: -1", slots -> slots.setSlots(-1)),
        badSlots("slots: 100001", slots -> slots.setSlots(100_001)),
        badSlots("share: 2", slots -> slots.setShare(2)));
  }

  @ParameterizedTest
  @MethodSource("badHeartbeats")
  void aBadValueIsNamed(String named, Heartbeat heartbeat) {
    assertThat(parse(FromRouter.newBuilder().setHeartbeat(heartbeat).build()))
        .isInstanceOfSatisfying(
            Message.Unreadable.class,
            unreadable ->
                assertThat(unreadable.detail()).startsWith(named).contains("(expected: "));
  }

  @Test
  void aListLongerThanAnyRouterHasIsUnreadable() {
    var report = report().toBuilder().clearReplicas();
    for (int i = 0; i <= 100_000; i++) {
      report.addReplicas(Slots.getDefaultInstance());
    }
    assertThat(
            parse(
                FromRouter.newBuilder()
                    .setHeartbeat(valid().clearDeployments().addDeployments(report))
                    .build()))
        .isEqualTo(new Message.Unreadable("replicas: 100001 (expected: at most 100000)"));
  }

  @Test
  void helloNeedsAnAddressAtWhichThePeerCanBeReached() {
    for (String router : new String[] {"", "router-1:9001", "10.0.0.1", "10.0.0.1:0", "*:9001"}) {
      var hello = Hello.newBuilder().setNewest(1).setOldest(1).setRouter(router);
      assertThat(parse(FromRouter.newBuilder().setHello(hello).build()))
          .as(router)
          .isInstanceOf(Message.Unreadable.class);
    }
  }

  @Test
  void helloWithoutAVersionIsUnreadable() {
    var hello = Hello.newBuilder().setRouter("10.0.0.1:9001");
    assertThat(parse(FromRouter.newBuilder().setHello(hello).build()))
        .isInstanceOf(Message.Unreadable.class);
  }

  @Test
  void badGrantsAreUnreadable() {
    var grants = Grants.newBuilder().setProtocol(1).setTimeToLiveMillis(3_600_000);
    assertThat(parse(FromCoordinator.newBuilder().setGrants(grants).build()))
        .isInstanceOf(Message.Unreadable.class);
  }

  @Test
  void whatARefusalSaysCannotForgeALineOfTheLog() {
    var refusal = Refusal.newBuilder().setDetail("a\nb\u001b[2J" + "c".repeat(1000));
    assertThat(parse(FromCoordinator.newBuilder().setRefusal(refusal).build()))
        .isInstanceOfSatisfying(
            Message.Answered.class,
            answered ->
                assertThat(((io.fairlead.router.fleet.Refusal) answered.answer()).detail())
                    .startsWith("a?b?[2Jc")
                    .hasSize(500));
  }

  private static Message parse(FromRouter message) {
    return ROUTER.parse(new ByteArrayInputStream(message.toByteArray()));
  }

  private static Message parse(FromCoordinator message) {
    return COORDINATOR.parse(new ByteArrayInputStream(message.toByteArray()));
  }

  private static Heartbeat.Builder valid() {
    return Heartbeat.newBuilder()
        .setProtocol(1)
        .setRouter("10.0.0.1:9001")
        .setSequence(1)
        .addDeployments(report());
  }

  private static DeploymentReport report() {
    return DeploymentReport.newBuilder()
        .setKey(
            DeploymentKey.newBuilder()
                .setNamespace("default")
                .setEndpoint("echo")
                .setDeployment("blue"))
        .addReplicas(slots())
        .build();
  }

  private static Slots slots() {
    return Slots.newBuilder().setHost("10.0.0.9").setPort(5001).setSlots(1).setShare(1).build();
  }

  private static Arguments bad(String named, Consumer<Heartbeat.Builder> change) {
    var heartbeat = valid();
    change.accept(heartbeat);
    return Arguments.of(named, heartbeat.build());
  }

  private static Arguments badReport(String named, Consumer<DeploymentReport.Builder> change) {
    return bad(named, heartbeat -> change.accept(heartbeat.getDeploymentsBuilder(0)));
  }

  private static Arguments badSlots(String named, Consumer<Slots.Builder> change) {
    return badReport(named, report -> change.accept(report.getReplicasBuilder(0)));
  }
}
