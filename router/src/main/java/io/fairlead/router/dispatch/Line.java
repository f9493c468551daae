package io.fairlead.router.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Links in the order they came: joining and leaving from anywhere are O(1) and allocate nothing.
 * Who walks along it follows {@link Link#next}, or {@link Link#previous} from the end.
 */
final class Line<T extends Link<T>> {
  private @Nullable T first;
  private @Nullable T last;

  /** Returns who came first of those who are still here, or null. */
  @Nullable T first() {
    return first;
  }

  /** Returns who came last of those who are still here, or null. */
  @Nullable T last() {
    return last;
  }

  /** Adds {@code link}, which stands in no line, at the end. */
  void add(T link) {
    T tail = last;
    link.previous = tail;
    if (tail == null) {
      first = link;
    } else {
      tail.next = link;
    }
    last = link;
  }

  /** Removes {@code link}, which stands in this line. */
  void remove(T link) {
    T before = link.previous;
    T after = link.next;
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
    link.previous = null;
    link.next = null;
  }

  /** Empties the line; returns the first of a chain of all who stood in it, or null. */
  @Nullable T takeAll() {
    T chain = first;
    first = null;
    last = null;
    return chain;
  }

  /** Returns those who came first, so many at the most. */
  List<T> first(int most) {
    List<T> list = new ArrayList<>();
    for (T link = first; link != null && list.size() < most; link = link.next) {
      list.add(link);
    }
    return list;
  }
}
