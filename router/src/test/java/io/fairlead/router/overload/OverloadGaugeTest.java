package io.fairlead.router.overload;

import static io.fairlead.router.overload.OverloadStage.NORMAL;
import static io.fairlead.router.overload.OverloadStage.NO_KEEP_ALIVE;
import static io.fairlead.router.overload.OverloadStage.REFUSE_REQUESTS;
import static io.fairlead.router.overload.OverloadStage.STOP_ACCEPTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Limits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverloadGaugeTest {
  private final OverloadGauge gauge = new OverloadGauge(Limits.Overload.DEFAULT);

  private OverloadStage at(int permille) {
    return gauge.update(List.of(new Reading(Resource.HEAP, permille))).stage();
  }

  @ParameterizedTest
  @CsvSource({
    "0, NORMAL",
    "919, NORMAL",
    "920, NO_KEEP_ALIVE",
    "949, NO_KEEP_ALIVE",
    "950, REFUSE_REQUESTS",
    "979, REFUSE_REQUESTS",
    "980, STOP_ACCEPTING",
    "5000, STOP_ACCEPTING",
  })
  void risesAtOnce(int permille, OverloadStage stage) {
    assertThat(at(permille)).isEqualTo(stage);
  }

  @Test
  void fallsTwoPercentBelowWhereItRose() {
    assertThat(at(985)).isEqualTo(STOP_ACCEPTING);
    assertThat(at(961)).isEqualTo(STOP_ACCEPTING);
    assertThat(at(959)).isEqualTo(REFUSE_REQUESTS);
    assertThat(at(930)).isEqualTo(REFUSE_REQUESTS);
    assertThat(at(929)).isEqualTo(NO_KEEP_ALIVE);
    assertThat(at(900)).isEqualTo(NO_KEEP_ALIVE);
    assertThat(at(899)).isEqualTo(NORMAL);
  }

  @Test
  void fallsThroughSeveralStagesWhenAllIsWell() {
    at(990);
    assertThat(at(100)).isEqualTo(NORMAL);
  }

  @Test
  void doesNotChangeItsMindOnTheEdge() {
    int changes = 0;
    OverloadStage before = NORMAL;
    for (int second = 0; second < 60; second++) {
      OverloadStage now = at(second % 2 == 0 ? 951 : 949);
      changes += now == before ? 0 : 1;
      before = now;
    }
    assertThat(changes).isEqualTo(1);
  }

  @Test
  void theScarcestResourceDecides() {
    List<Reading> readings =
        List.of(
            new Reading(Resource.HEAP, 300),
            new Reading(Resource.DESCRIPTORS, 953),
            new Reading(Resource.LOOP_LAG, 10));
    assertThat(gauge.update(readings)).isEqualTo(new OverloadState(REFUSE_REQUESTS, readings));
  }

  @Test
  void nothingToReadIsNoShortage() {
    assertThat(gauge.update(List.of()).stage()).isEqualTo(NORMAL);
  }

  @Test
  void aStageCanBeTurnedOff() {
    var off = new OverloadGauge(new Limits.Overload(0, 95, 0, Duration.ofSeconds(1)));
    assertThat(off.update(List.of(new Reading(Resource.HEAP, 940))).stage()).isEqualTo(NORMAL);
    assertThat(off.update(List.of(new Reading(Resource.HEAP, 2_000))).stage())
        .isEqualTo(REFUSE_REQUESTS);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 100, 0",
    "92, 100, 920",
    "3, 2, 1500",
    "5, 0, 1000",
    "9223372036854775807, 1," + " 2147483647"
  })
  void readsThousandths(long used, long most, int permille) {
    assertThat(Reading.of(Resource.HEAP, used, most).permille()).isEqualTo(permille);
  }

  @Test
  void onlyWhatLastsCounts() {
    var lag = new Sustained();
    assertThat(lag.of(900)).isZero();
    assertThat(lag.of(800)).isZero();
    assertThat(lag.of(700)).isEqualTo(700);
    assertThat(lag.of(5)).isEqualTo(5);
    assertThat(lag.of(900)).isEqualTo(5);
    assertThat(lag.of(900)).isEqualTo(5);
    assertThat(lag.of(900)).isEqualTo(900);
  }
}
