package io.fairlead.router.resource;

import static io.fairlead.router.resource.DeploymentFields.FLOOR_DAYS;
import static io.fairlead.router.resource.DeploymentFields.FLOOR_INSTANCES;
import static io.fairlead.router.resource.DeploymentFields.FLOOR_NAME;
import static io.fairlead.router.resource.DeploymentFields.FLOOR_ZONE;
import static io.fairlead.router.resource.DeploymentFields.SCHEDULE;

import io.fairlead.router.model.ScheduledFloor;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code scaleSettings.schedule}: when a deployment has more instances at least. */
final class ScheduleFields {
  /** The words for days, Monday first. */
  static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

  private static final String TIME = "a time of day in quotes, such as \"07:30\"";

  private ScheduleFields() {}

  static List<ScheduledFloor> read(Fields settings) {
    List<Node> items = settings.items(SCHEDULE);
    List<ScheduledFloor> floors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      String path = settings.path(SCHEDULE.key()) + "[" + i + "]";
      if (items.get(i) instanceof MappingNode entry) {
        ScheduledFloor floor = floor(Fields.open(settings.findings(), path, entry), names);
        if (floor != null) {
          floors.add(floor);
        }
      } else {
        settings.findings().unexpected(items.get(i), path, "a mapping");
      }
    }
    return floors;
  }

  private static @Nullable ScheduledFloor floor(Fields fields, Set<String> names) {
    fields.allowOnly(SCHEDULE.item().keys(), List.of());
    String name = fields.requiredText(FLOOR_NAME, text -> true, "a name of small letters");
    if (name != null && !names.add(name)) {
      fields
          .findings()
          .unexpected(fields.at(FLOOR_NAME.key()), fields.path(FLOOR_NAME.key()), "each name once");
    }
    Set<DayOfWeek> days = days(fields);
    LocalTime from = time(fields, DeploymentFields.FLOOR_FROM);
    LocalTime until = time(fields, DeploymentFields.FLOOR_UNTIL);
    ZoneId zone = zone(fields);
    if (fields.value(FLOOR_INSTANCES.key()) == null) {
      fields.missing(FLOOR_INSTANCES.key(), "a whole number, 1 to " + FLOOR_INSTANCES.most());
      return null;
    }
    int least = (int) fields.whole(FLOOR_INSTANCES, 1);
    return name == null || days.isEmpty() || from == null || until == null || zone == null
        ? null
        : new ScheduledFloor(name, least, days, from, until, zone);
  }

  private static Set<DayOfWeek> days(Fields fields) {
    if (fields.value(FLOOR_DAYS.key()) == null) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String word : fields.texts(FLOOR_DAYS, Findings.either(DAYS))) {
      days.add(DayOfWeek.of(DAYS.indexOf(word) + 1));
    }
    return days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days;
  }

  private static @Nullable LocalTime time(Fields fields, Field.Text field) {
    String text = fields.requiredText(field, word -> true, TIME);
    return text == null ? null : LocalTime.parse(text);
  }

  private static @Nullable ZoneId zone(Fields fields) {
    if (fields.value(FLOOR_ZONE.key()) == null) {
      return ZoneId.of(Objects.requireNonNull(FLOOR_ZONE.fallback()));
    }
    String text = fields.text(FLOOR_ZONE, ScheduleFields::isZone, "such as UTC or Europe/Berlin");
    return text == null ? null : ZoneId.of(text);
  }

  private static boolean isZone(String text) {
    try {
      ZoneId.of(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
