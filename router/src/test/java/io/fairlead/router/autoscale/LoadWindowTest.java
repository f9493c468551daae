package io.fairlead.router.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadWindowTest {
  private static final long SECOND = 1_000_000_000L;

  private final LoadWindow window = new LoadWindow();
  private long now;

  private static LoadReport report(String router, long age, int inFlight, int queued) {
    return new LoadReport(router, age, inFlight, queued, 0, 0, 0, 4, 1);
  }

  private static LoadReport counters(String router, long arrived, long finished, long busy) {
    return new LoadReport(router, 0, 1, 0, arrived, finished, busy, 4, 0);
  }

  private FleetLoad read(LoadReport... reports) {
    now += SECOND;
    List<String> routers = List.of(reports).stream().map(LoadReport::reporter).toList();
    return (FleetLoad) window.read(routers, List.of(reports), now);
  }

  private LoadReading reading(List<String> routers, LoadReport... reports) {
    return window.read(routers, List.of(reports), now);
  }

  @Test
  void addsUpWhatAllRoutersHaveInFlightAndQueued() {
    assertThat(read(report("a", 0, 2, 1), report("b", SECOND, 3, 4)))
        .isEqualTo(new FleetLoad(2, 5, 5, 4, 1, 0, -1, -1));
  }

  @Test
  void aRouterThatDidNotReportMakesTheLoadUnknown() {
    assertThat(reading(List.of("a", "b"), report("a", 0, 2, 1)))
        .isEqualTo(new LoadReading.Stale("no load report of b"));
    assertThat(reading(List.of())).isEqualTo(new LoadReading.Stale("no router reports its load"));
  }

  @Test
  void anOldReportMakesTheLoadUnknown() {
    assertThat(reading(List.of("a"), report("a", 5 * SECOND, 2, 1))).isInstanceOf(FleetLoad.class);
    assertThat(reading(List.of("a"), report("a", 6 * SECOND, 2, 1)))
        .isEqualTo(
            new LoadReading.Stale("the load report of a is 6 s old (expected: 5 s at most)"));
  }

  @Test
  void aRouterThatLeftIsLeftOut() {
    var load =
        (FleetLoad) reading(List.of("a"), report("a", 0, 2, 1), report("gone", 99 * SECOND, 9, 9));

    assertThat(load.inFlight()).isEqualTo(2);
  }

  @Test
  void ofTwoReportsTheYoungerCounts() {
    var load = (FleetLoad) reading(List.of("a"), report("a", 3, 9, 9), report("a", 1, 2, 1));

    assertThat(load.inFlight()).isEqualTo(2);
  }

  @Test
  void countsArrivalsSinceTheReadingBefore() {
    read(counters("a", 100, 0, 0), counters("b", 7, 0, 0));

    assertThat(read(counters("a", 110, 0, 0), counters("b", 8, 0, 0)).arrived()).isEqualTo(11);
  }

  @Test
  void aRestartedRouterCountsFromItsStart() {
    read(counters("a", 100, 100, 0));

    assertThat(read(counters("a", 3, 0, 0)).arrived()).isEqualTo(3);
  }

  @Test
  void aNewRoutersPastIsNotNews() {
    read(counters("a", 100, 0, 0));

    assertThat(read(counters("a", 100, 0, 0), counters("b", 5000, 0, 0)).arrived()).isZero();
  }

  @Test
  void offersWhatArrivesTimesWhatEachTakes() {
    // 20 arrive each second, of which 2 are served for 500 ms each
    for (int i = 0; i < 9; i++) {
      read(counters("a", 20L * i, 2L * i, i * SECOND));
    }
    FleetLoad load = read(counters("a", 180, 18, 9 * SECOND));

    assertThat(load.slotMicros()).isEqualTo(500_000);
    assertThat(load.offeredMillis()).isEqualTo(10_000);
  }

  @Test
  void offersNothingKnownUntilARequestHasFinished() {
    read(counters("a", 0, 0, 0));

    assertThat(read(counters("a", 20, 0, 0)).offeredMillis()).isEqualTo(-1);
  }

  @Test
  void aStepOfArrivalsShowsWithinSeconds() {
    long arrived = 0;
    for (int i = 0; i < 60; i++) {
      read(counters("a", arrived += 2, 2L * i, i * SECOND));
    }
    read(counters("a", arrived += 40, 120, 60 * SECOND));
    read(counters("a", arrived += 40, 122, 61 * SECOND));
    FleetLoad load = read(counters("a", arrived += 40, 124, 62 * SECOND));

    assertThat(load.offeredMillis()).isEqualTo(20_000);
  }

  @Test
  void refusesNegativeNumbers() {
    assertThatThrownBy(() -> report("a", -1, 0, 0))
        .hasMessage("ageNanos: -1 (expected: 0 or more)");
  }
}
