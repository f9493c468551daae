package io.fairlead.router.control;

import java.util.List;

/** The port to whoever remembers how single requests were decided. For any thread. */
@FunctionalInterface
public interface Decisions {
  /** Returns what is remembered and asked for, newest first. */
  List<Decision> find(DecisionQuery query);
}
