package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.dispatch.Lease;
import io.fairlead.router.dispatch.LeasedSlots;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Slots and the queue as callers and replicas see them. */
final class DispatchOverTheWireTest {
  @RegisterExtension final Stage stage = new Stage();

  @Test
  void servesOneQueuesOneRefusesOne() throws Exception {
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var first = stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    var second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    Answer third = stage.caller().call(Caller.post("3"));
    assertThat(third.status()).isEqualTo(503);
    assertThat(third.reason()).isEqualTo("too_many_pending_requests");
    assertThat(third.field("retry-after-ms")).matches("[1-9][0-9]*");
    assertThat(third.body())
        .contains("\"limit\":1,\"inFlight\":1,\"queued\":1,\"queueLimit\":1,\"readyReplicas\":1");
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    replica.go();
    assertThat(second.answer().status()).isEqualTo(200);
    assertThat(replica.peakConcurrency()).isEqualTo(1);
    stage.untilLoad(0, 0);
  }

  @Test
  void refusesWhoDoesNotFitIntoTheQueuesOfAllRouters() throws Exception {
    stage.setup.shared = true;
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    stage.router().lease(lease(replica, 1, 3, 0));
    var first = stage.caller().send(Caller.post("1"));
    replica.takeRequest();
    var second = stage.caller().send(Caller.post("2"));
    stage.untilLoad(1, 1);
    var third = stage.caller().send(Caller.post("3"));
    stage.untilLoad(1, 2);
    var fourth = stage.caller().send(Caller.post("4"));
    stage.untilLoad(1, 3);
    fourth.close(); // who has left is not answered
    stage.untilLoad(1, 2);

    stage.router().lease(lease(replica, 1, 1, 4));

    Answer refused = third.answer();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.reason()).isEqualTo("too_many_pending_requests");
    assertThat(refused.body()).contains("no router has a free slot").contains("\"queued\":1");
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    replica.go();
    assertThat(second.answer().status()).isEqualTo(200);
    stage.untilLoad(0, 0);
  }

  private static Lease lease(FakeReplica replica, int queueBound, int queueMost, long arrivals) {
    var slot = new LeasedSlots(new Replica("127.0.0.1", replica.port()), 1, 0);
    int all = Integer.MAX_VALUE;
    return new Lease(List.of(slot), all, all, queueBound, queueMost, arrivals);
  }

  @Test
  void servesWhoeverWaitedLongestFirst() throws Exception {
    stage.settings(
        old ->
            new RequestSettings(
                old.requestTimeout(),
                1,
                old.maxQueueWait(),
                3,
                65_536,
                OnClientGone.HOLD,
                false,
                false));
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var first = stage.caller().send(Caller.post("0"));
    replica.takeRequest();
    List<Caller> waiting = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      waiting.add(stage.caller().send(Caller.post("" + i)));
      stage.untilLoad(1, i);
    }
    replica.go();
    assertThat(first.answer().status()).isEqualTo(200);
    for (int i = 1; i <= 3; i++) {
      assertThat(replica.takeRequest()).endsWith("\r\n\r\n" + i);
      assertThat(waiting.get(i - 1).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void limitsNothingWhereNothingIsLimited() throws Exception {
    stage.settings(0, OnClientGone.HOLD, false);
    var replica = stage.replica().always(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      callers.add(stage.caller().send(Caller.post("{}")));
      replica.takeRequest();
    }
    for (int i = 0; i < 5; i++) {
      replica.go();
    }
    for (Caller caller : callers) {
      assertThat(caller.answer().status()).isEqualTo(200);
    }
    assertThat(replica.peakConcurrency()).isEqualTo(5);
  }

  @Test
  void neverSendsTwoAtOnceFromTwoLoops() throws Exception {
    stage.setup.loops = 2;
    stage.settings(
        old ->
            new RequestSettings(
                Duration.ofSeconds(60),
                1,
                Duration.ofSeconds(60),
                1_000,
                65_536,
                OnClientGone.HOLD,
                false,
                false));
    var replica = stage.replica();
    stage.start(replica);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        var caller = stage.caller();
        all.add(threads.submit((Callable<Integer>) () -> scoreOften(caller)));
      }
      for (Future<Integer> each : all) {
        assertThat(each.get()).as("answered with 200").isEqualTo(200);
      }
    }
    assertThat(replica.peakConcurrency()).isEqualTo(1);
    assertThat(stage.router().load().inFlight()).isZero();
    assertThat(stage.router().meters().finished).hasSize(3_200).containsOnly("200 -");
  }

  private static int scoreOften(Caller caller) throws IOException {
    int served = 0;
    for (int i = 0; i < 200; i++) {
      served += caller.call(Caller.post("{}")).status() == 200 ? 1 : 0;
    }
    return served;
  }
}
