package io.fairlead.router.control;

import java.util.List;

/** The port to whoever looks at single requests. */
@FunctionalInterface
public interface RequestObservers {
  /** Nobody looks. */
  RequestObservers NONE = recorder -> facts -> {};

  /**
   * Makes the observer of one event loop.
   *
   * @param recorder of the same loop, to count what gets lost
   */
  RequestObserver newObserver(RequestRecorder recorder);

  /** Returns what tells each of {@code all}, in this order. */
  static RequestObservers of(List<RequestObservers> all) {
    return recorder -> {
      RequestObserver[] each =
          all.stream()
              .map(observers -> observers.newObserver(recorder))
              .toArray(RequestObserver[]::new);
      return facts -> {
        for (RequestObserver observer : each) {
          observer.ended(facts);
        }
      };
    };
  }
}
