package io.fairlead.router.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The permits that are out, in the order they were given, linked through themselves. */
final class PermitLine {
  private @Nullable Permit first;
  private @Nullable Permit last;

  void add(Permit permit) {
    Permit tail = last;
    permit.previous = tail;
    if (tail == null) {
      first = permit;
    } else {
      tail.next = permit;
    }
    last = permit;
  }

  void remove(Permit permit) {
    Permit before = permit.previous;
    Permit after = permit.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    permit.previous = null;
    permit.next = null;
  }

  /** Returns the oldest, so many at the most. */
  List<Permit> oldest(int most) {
    List<Permit> oldest = new ArrayList<>();
    for (Permit permit = first; permit != null && oldest.size() < most; permit = permit.next) {
      oldest.add(permit);
    }
    return oldest;
  }

  /** Returns those that are on more slots of their replica than its share, the newest of each. */
  List<Permit> beyondShare() {
    List<Permit> beyond = new ArrayList<>();
    for (Permit permit = first; permit != null; permit = permit.next) {
      permit.slots.counted = 0;
    }
    for (Permit permit = first; permit != null; permit = permit.next) {
      if (++permit.slots.counted > permit.slots.share) {
        beyond.add(permit);
      }
    }
    return beyond;
  }
}
