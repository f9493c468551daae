package io.fairlead.router.fleet;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages come from outside: what is not one is refused with what was expected. */
class MessagesTest {
  private static final DeploymentKey BLUE = new DeploymentKey("default", "echo", "blue");
  private static final Replica REPLICA = new Replica("10.0.0.1", 5001);

  @Test
  void numbersAreBounded() {
    assertThatThrownBy(() -> new Slots(REPLICA, 100_001, 0))
        .hasMessage("slots: 100001 (expected: 0 to 100000)");
    assertThatThrownBy(() -> new Slots(REPLICA, 2, 3)).hasMessage("share: 3 (expected: 0 to 2)");
    assertThatThrownBy(() -> new DeploymentGrant(BLUE, List.of(), 1, 2, 0, 0, 0))
        .hasMessage("keepIdle: 2 (expected: 0 to 1)");
    assertThatThrownBy(() -> beat("a", 0, List.of()))
        .hasMessageStartingWith("sequence: 0 (expected: 1 to ");
  }

  @Test
  void namesAreWhatARouterMayBeCalled() {
    assertThatThrownBy(() -> beat("a\nb", 1, List.of()))
        .hasMessageStartingWith("router: 3 characters (expected: 1 to 253 of ");
  }

  @Test
  void everythingIsListedOnce() {
    Slots slots = new Slots(REPLICA, 1, 0);
    assertThatThrownBy(() -> new DeploymentReport(BLUE, List.of(slots, slots), 0, 0, 0, 0, 0))
        .hasMessage("replicas: one is listed twice (expected: each once)");
    DeploymentReport report = new DeploymentReport(BLUE, List.of(slots), 0, 0, 0, 0, 0);
    assertThatThrownBy(() -> beat("a", 1, List.of(report, report)))
        .hasMessage("deployments: one is listed twice (expected: each once)");
  }

  @Test
  void listsAreBounded() {
    assertThatThrownBy(
            () ->
                new Handover(
                    1,
                    "a",
                    1,
                    true,
                    Collections.nCopies(65, new Handover.Holder("a", 1, List.of()))))
        .hasMessage("routers: 65 (expected: at most 64)");
  }

  private static Heartbeat beat(String router, long sequence, List<DeploymentReport> reports) {
    return new Heartbeat(1, router, 7, 1, sequence, 0, false, false, reports);
  }
}
