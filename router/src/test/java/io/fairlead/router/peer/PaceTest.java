package io.fairlead.router.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Slots;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void allowsABurstAndThenNoMore() {
    var pace = new Pace(0);
    for (int i = 0; i < Pace.BURST; i++) {
      assertThat(pace.allows(1, 0)).isTrue();
    }
    assertThat(pace.allows(1, 0)).isFalse();
  }

  @Test
  void allowsAReportEachMillisecondForEver() {
    var pace = new Pace(0);
    for (long i = 0; i < 10L * Pace.BURST; i++) {
      assertThat(pace.allows(1, i * 1_000_000)).isTrue();
    }
  }

  @Test
  void aLargeReportIsManyMessages() {
    List<Slots> slots = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      slots.add(new Slots(new Replica("10.0.0." + i % 250, 1 + i / 250), 1, 0));
    }
    var report = new DeploymentReport(new DeploymentKey("a", "b", "c"), slots, 0, 0, 0, 0, 0);
    var beat = new Heartbeat(1, "r", 1, 1, 1, 0, false, false, List.of(report));

    assertThat(Pace.cost(beat)).isEqualTo(51);

    var pace = new Pace(0);
    int allowed = 0;
    while (pace.allows(Pace.cost(beat), 0)) {
      allowed++;
    }
    assertThat(allowed).isEqualTo(Pace.BURST / 51);
  }

  @Test
  void silenceSavesNoMoreThanABurst() {
    var pace = new Pace(0);
    long later = 3_600_000_000_000L;
    int allowed = 0;
    while (pace.allows(1, later)) {
      allowed++;
    }
    assertThat(allowed).isEqualTo(Pace.BURST);
  }
}
