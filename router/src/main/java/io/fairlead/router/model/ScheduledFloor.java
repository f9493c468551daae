package io.fairlead.router.model;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * A time of the week in which a deployment has at least so many instances.
 *
 * @param name for those who ask why there are so many
 * @param days on which it begins
 * @param until when it ends; on the next day unless it is after {@code from}
 * @param zone whose clocks these are
 */
public record ScheduledFloor(
    String name,
    int minInstances,
    Set<DayOfWeek> days,
    LocalTime from,
    LocalTime until,
    ZoneId zone) {
  public ScheduledFloor {
    ScaleSettings.range("minInstances", minInstances, 1, ScaleSettings.MOST_INSTANCES);
    days = Set.copyOf(days);
    if (days.isEmpty()) {
      throw new IllegalArgumentException("days: [] (expected: one day at least)");
    }
  }

  /** Returns whether it holds at {@code now}: from its first moment to before its last. */
  public boolean holdsAt(Instant now) {
    ZonedDateTime there = now.atZone(zone);
    LocalTime time = there.toLocalTime();
    DayOfWeek day = there.getDayOfWeek();
    if (until.isAfter(from)) {
      return days.contains(day) && !time.isBefore(from) && time.isBefore(until);
    }
    return (days.contains(day) && !time.isBefore(from))
        || (days.contains(day.minus(1)) && time.isBefore(until));
  }
}
