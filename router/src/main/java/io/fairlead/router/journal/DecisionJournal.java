package io.fairlead.router.journal;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.control.Decisions;
import io.fairlead.router.control.RequestFacts;
import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestObservers;
import io.fairlead.router.control.RequestRecorder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The decisions that are remembered: of each event loop the last that failed, and the last of the
 * sampled ones that succeeded, so that neither kind pushes the other out.
 */
public final class DecisionJournal implements RequestObservers, Decisions {
  private final int failures;
  private final int successes;
  private final InstantSource clock;
  private final List<Rings> loops = new CopyOnWriteArrayList<>();

  /**
   * Makes an empty journal.
   *
   * @param failures records of each loop; 0 for none
   * @param successes records of each loop; 0 for none
   */
  public DecisionJournal(int failures, int successes, InstantSource clock) {
    this.failures = failures;
    this.successes = successes;
    this.clock = clock;
  }

  @Override
  public RequestObserver newObserver(RequestRecorder recorder) {
    Rings rings = new Rings(failures, successes, clock);
    loops.add(rings);
    return rings;
  }

  @Override
  public List<Decision> find(DecisionQuery query) {
    List<Decision> found = new ArrayList<>();
    for (Rings rings : loops) {
      rings.failures.find(query::matches, found);
      rings.successes.find(query::matches, found);
    }
    Comparator<Decision> byEnd = Comparator.comparingLong(d -> d.phases().endNanos());
    found.sort(byEnd.reversed());
    return List.copyOf(found.subList(0, Math.min(query.limit(), found.size())));
  }

  private static final class Rings implements RequestObserver {
    final DecisionRing failures;
    final DecisionRing successes;
    private final InstantSource clock;

    Rings(int failures, int successes, InstantSource clock) {
      this.failures = new DecisionRing(failures);
      this.successes = new DecisionRing(successes);
      this.clock = clock;
    }

    @Override
    public void ended(RequestFacts facts) {
      if (facts.failed()) {
        failures.add(facts, clock.millis());
      } else if (facts.isSampled()) {
        successes.add(facts, clock.millis());
      }
    }
  }
}
