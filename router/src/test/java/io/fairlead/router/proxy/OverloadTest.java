package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.overload.OverloadStage;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.overload.Reading;
import io.fairlead.router.overload.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers see of a router that is short of something. */
class OverloadTest {
  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void start() throws Exception {
    stage.start(stage.replica());
  }

  private void overload(OverloadStage to) {
    Reading heap = new Reading(Resource.HEAP, 963);
    Reading lag = new Reading(Resource.LOOP_LAG, 10);
    stage.router().proxy().overload(new OverloadState(to, List.of(lag, heap)));
    stage.router().settle();
  }

  @Test
  void closesWhatIsIdleAndEveryConnectionAfterItsAnswer() throws Exception {
    Caller idle = stage.caller();
    assertThat(idle.call(Caller.post("{}")).closes()).isFalse();

    overload(OverloadStage.NO_KEEP_ALIVE);

    assertThat(idle.isClosed()).isTrue();
    Caller next = stage.caller();
    Answer answer = next.call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.closes()).isTrue();
    assertThat(next.isClosed()).isTrue();

    overload(OverloadStage.NORMAL);
    assertThat(stage.caller().call(Caller.post("{}")).closes()).isFalse();
  }

  @Test
  void tellsHttp2CallersToAskElsewhereAfterTheirAnswers() throws Exception {
    try (Http2Caller caller = Http2Caller.connect(stage.port())) {
      caller.post(1, true).send();
      assertThat(caller.answer(1).status()).isEqualTo(200);
      overload(OverloadStage.NO_KEEP_ALIVE);
      assertThat(caller.await(Http2Caller.GOAWAY).intAt(4)).as("NO_ERROR").isZero();
    }
    try (Http2Caller caller = Http2Caller.connect(stage.port())) {
      caller.post(1, true).send();
      assertThat(caller.await(Http2Caller.GOAWAY).intAt(4)).isZero();
      assertThat(caller.answer(1).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesRequestsAndSaysWhy(Asker.Version version) throws Exception {
    overload(OverloadStage.REFUSE_REQUESTS);
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.score();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.reason()).isEqualTo("router_overloaded");
      assertThat(answer.field("retry-after")).isNotNull();
      assertThat(answer.body())
          .contains("the router is short of what it needs for another request: heap 96 %");
    }
    overload(OverloadStage.NORMAL);
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.score().status()).isEqualTo(200);
    }
  }

  /** But for one that the listener was already waiting for. */
  @Test
  void acceptsNobodyUntilItIsBetter() throws Exception {
    overload(OverloadStage.STOP_ACCEPTING);
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      callers.add(stage.caller().send(Caller.get("/healthz"))); // the kernel takes it
    }
    stage.router().settle();
    assertThat(stage.router().meters().count("CONNECTION_ACCEPTED")).isLessThanOrEqualTo(1);

    overload(OverloadStage.NORMAL);
    for (Caller caller : callers) {
      assertThat(caller.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void measuresHowLateALoopIs() throws Exception {
    Proxy proxy = stage.router().proxy();
    assertThat(proxy.lagNanos(stage.router().now())).isZero();
    stage.router().settle();
    stage.whilePaused(
        () -> {
          long asked = stage.router().now();
          assertThat(proxy.lagNanos(asked)).as("of the task before").isZero();
          assertThat(proxy.lagNanos(asked + 7_000)).as("still waiting").isEqualTo(7_000);
        });
    stage.router().settle();
    assertThat(proxy.lagNanos(stage.router().now())).isZero();
  }
}
