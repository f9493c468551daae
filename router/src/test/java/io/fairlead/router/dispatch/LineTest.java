package io.fairlead.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineTest {
  private static final class Guest extends Link<Guest> {}

  private final Line<Guest> line = new Line<>();
  private final List<Guest> expected = new ArrayList<>();

  private void join() {
    Guest guest = new Guest();
    line.add(guest);
    expected.add(guest);
  }

  @Test
  void isInTheOrderOfComingWhoeverLeaves() {
    SplittableRandom random = new SplittableRandom(1);
    for (int step = 0; step < 10_000; step++) {
      if (expected.isEmpty() || random.nextInt(expected.size() + 8) < 8) {
        join();
      } else {
        Guest leaves = expected.remove(random.nextInt(expected.size()));
        line.remove(leaves);
        assertThat(leaves.next).isNull();
        assertThat(leaves.previous).isNull();
      }
      assertThat(line.first(Integer.MAX_VALUE)).isEqualTo(expected);
      assertThat(line.first()).isSameAs(expected.isEmpty() ? null : expected.getFirst());
    }
  }

  @Test
  void saysWhoCameFirst() {
    join();
    join();
    join();
    assertThat(line.first(2)).isEqualTo(expected.subList(0, 2));
  }

  @Test
  void goesOnEmptyWhenAllAreTaken() {
    join();
    join();
    Guest taken = line.takeAll();
    Guest newcomer = new Guest();
    line.add(newcomer);

    List<Guest> chain = new ArrayList<>();
    while (taken != null) {
      chain.add(taken);
      taken = taken.unlink();
    }
    assertThat(chain).isEqualTo(expected);
    assertThat(line.first(9)).containsExactly(newcomer);
    assertThat(expected).allMatch(guest -> guest.next == null && guest.previous == null);
  }
}
