package io.fairlead.router.dispatch;

import org.jspecify.annotations.Nullable;

/** What can stand in a {@link Line}, in one at a time: it knows its neighbours itself. */
abstract class Link<T extends Link<T>> {
  @Nullable T previous;
  @Nullable T next;

  /** Leaves a chain that was taken out of its line; returns who is next in it. */
  final @Nullable T unlink() {
    T after = next;
    previous = null;
    next = null;
    return after;
  }
}
