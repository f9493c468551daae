package io.fairlead.router.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduledFloorTest {
  private static final LocalTime MORNING = LocalTime.of(8, 0);
  private static final LocalTime EVENING = LocalTime.of(18, 0);

  // 2026-11-25 is a Wednesday
  private static boolean holds(ScheduledFloor floor, String time) {
    return floor.holdsAt(Instant.parse(time));
  }

  @Test
  void holdsFromItsFirstMomentToBeforeItsLast() {
    var floor =
        new ScheduledFloor("day", 2, Set.of(DayOfWeek.WEDNESDAY), MORNING, EVENING, ZoneOffset.UTC);

    assertThat(holds(floor, "2026-11-25T07:59:59Z")).isFalse();
    assertThat(holds(floor, "2026-11-25T08:00:00Z")).isTrue();
    assertThat(holds(floor, "2026-11-25T17:59:59Z")).isTrue();
    assertThat(holds(floor, "2026-11-25T18:00:00Z")).isFalse();
    assertThat(holds(floor, "2026-11-26T09:00:00Z")).isFalse();
  }

  @Test
  void endsOnTheDayAfterItsDayWhereItPassesMidnight() {
    var floor =
        new ScheduledFloor("day", 2, Set.of(DayOfWeek.WEDNESDAY), EVENING, MORNING, ZoneOffset.UTC);

    assertThat(holds(floor, "2026-11-25T07:00:00Z")).isFalse();
    assertThat(holds(floor, "2026-11-25T23:00:00Z")).isTrue();
    assertThat(holds(floor, "2026-11-26T07:59:59Z")).isTrue();
    assertThat(holds(floor, "2026-11-26T08:00:00Z")).isFalse();
    assertThat(holds(floor, "2026-11-26T19:00:00Z")).isFalse();
  }

  @Test
  void followsTheClocksOfItsZone() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    var floor = new ScheduledFloor("day", 2, Set.of(DayOfWeek.values()), MORNING, EVENING, berlin);

    assertThat(holds(floor, "2026-11-25T07:00:00Z")).isTrue(); // winter: 08:00
    assertThat(holds(floor, "2026-07-01T06:00:00Z")).isTrue(); // summer: 08:00
    assertThat(holds(floor, "2026-11-25T06:00:00Z")).isFalse();
  }

  @Test
  void refusesAFloorThatIsNone() {
    assertThatThrownBy(
            () ->
                new ScheduledFloor(
                    "none", 0, Set.of(DayOfWeek.MONDAY), MORNING, EVENING, ZoneOffset.UTC))
        .hasMessage("minInstances: 0 (expected: 1 to 10000)");
    assertThatThrownBy(
            () -> new ScheduledFloor("none", 1, Set.of(), MORNING, EVENING, ZoneOffset.UTC))
        .hasMessage("days: [] (expected: one day at least)");
  }
}
