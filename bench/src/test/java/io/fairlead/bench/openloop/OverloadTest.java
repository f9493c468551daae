package io.fairlead.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.bench.client.CallerPool;
import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.client.Target;
import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadTest {
  @Test
  void offersThreeTimesWhatWasMeasuredJustBefore() throws Exception {
    List<Double> offered = new ArrayList<>();

    new Overload(capacities(100, 90), rate -> step(offered, rate, 80)).measure(2);

    assertThat(offered).containsExactly(300.0, 270.0);
  }

  @Test
  void comparesTheMediansOfAllTurns() throws Exception {
    Iterator<Double> goodput = List.of(10.0, 95.0, 90.0).iterator();

    Overload.Result result =
        new Overload(
                capacities(100, 20, 120), rate -> step(new ArrayList<>(), rate, goodput.next()))
            .measure(3);

    assertThat(result.ratio()).isCloseTo(0.9, within(1e-9));
  }

  @Test
  void hasNoRatioWhereNothingIsAnswered() {
    var overload = new Overload(() -> 0, rate -> step(new ArrayList<>(), rate, 0));

    assertThatThrownBy(() -> overload.measure(1)).hasMessageContaining("capacity");
  }

  /** Two callers of a model that takes 20 ms: at most 100 answers per second. */
  @Test
  void measuresCapacityWithCallersWhoWaitForTheirAnswers() throws Exception {
    var twentyMillis = Behaviour.plain(new ServiceTime.Fixed(Duration.ofMillis(20)), 10);
    try (var models = ModelServer.start(twentyMillis, 1, 1)) {
      var target = new Target(models.addresses().getFirst(), Protocol.H1, "/score");
      try (var pool = CallerPool.open(target, 10, new CallerPool.Bounds(2, 1, 0))) {
        assertThat(new ClosedLoop(pool, 2, 1).run(10)).isBetween(1.0, 100.0);
      }
    }
  }

  private static Overload.Capacity capacities(double... each) {
    Iterator<Double> left = java.util.Arrays.stream(each).iterator();
    return left::next;
  }

  private static StepResult step(List<Double> offered, double rate, double inTime) {
    offered.add(rate);
    var times = new Quantiles(1, 1, 1, 1, 1);
    return new StepResult(rate, 1, 1, 0, 0, inTime, inTime, Map.of(), times, times, times);
  }
}
