package io.fairlead.router.control;

/** What one event loop tells of single requests. Every method runs on that loop. */
@FunctionalInterface
public interface RequestObserver {
  /**
   * A request has ended that failed, or that somebody wanted to see from its beginning on.
   *
   * @param facts good for this call only
   */
  void ended(RequestFacts facts);
}
