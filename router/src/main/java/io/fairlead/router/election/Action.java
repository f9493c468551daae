package io.fairlead.router.election;

import org.jspecify.annotations.Nullable;

/** What an {@link Elector} wants done next. */
public sealed interface Action {
  /** Read the lease, and tell what it says. */
  record Read() implements Action {}

  /**
   * Write the lease if it is still as it was read, and tell what became of it.
   *
   * @param version what it must still have; null: there must be none
   */
  record Write(LeaseRecord record, @Nullable String version) implements Action {}

  /** Nothing until then: ask again. */
  record WaitUntil(long nanos) implements Action {}

  /** Nothing any more: it was released, as far as that could be done. */
  record Finished() implements Action {}
}
