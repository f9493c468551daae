package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Heartbeat;

/** What one router says to another on a stream, or what came instead of that. */
sealed interface Message {
  /** Who speaks: the first thing said in each direction. */
  record Greeting(Hello hello) implements Message {}

  /** A router to its coordinator. */
  record Report(Heartbeat heartbeat) implements Message {}

  /** A coordinator to a router. */
  record Answered(Answer answer) implements Message {}

  /** A coordinator that ends to the next. */
  record HandedOver(Handover handover) implements Message {}

  /** Something that a later version says, and that can be done without. */
  record Skipped() implements Message {}

  /**
   * Nothing that a router says.
   *
   * @param detail what was wrong and what was expected
   */
  record Unreadable(String detail) implements Message {}
}
