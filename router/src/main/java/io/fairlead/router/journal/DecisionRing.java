package io.fairlead.router.journal;

import io.fairlead.router.control.Decision;
import io.fairlead.router.control.RequestFacts;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last decisions of one event loop: a fixed number of records, the oldest overwritten. A record
 * is made when its place is used for the first time and filled anew ever after.
 *
 * <p>One thread writes. Readers never stop it: each place has a version that is odd while its
 * record is being filled, and whoever has copied a record believes the copy only if the version was
 * even and is still the same. Three attempts, then the place is passed over: its record is newer
 * than the question.
 */
final class DecisionRing {
  private static final int ATTEMPTS = 3;

  private final AtomicReferenceArray<@Nullable Decision> places;
  private final AtomicIntegerArray versions;
  private int next;

  DecisionRing(int size) {
    places = new AtomicReferenceArray<>(size);
    versions = new AtomicIntegerArray(size);
  }

  /** Keeps {@code facts} in place of the oldest. */
  void add(RequestFacts facts, long nowMillis) {
    if (places.length() == 0) {
      return;
    }
    int place = next;
    next = place + 1 == places.length() ? 0 : place + 1;
    Decision decision = places.getPlain(place);
    if (decision == null) {
      decision = new Decision();
      decision.take(facts, nowMillis);
      places.setRelease(place, decision);
      return;
    }
    int version = versions.getPlain(place);
    versions.setOpaque(place, version + 1);
    VarHandle.storeStoreFence(); // no part of the record before the odd version
    decision.take(facts, nowMillis);
    versions.setRelease(place, version + 2);
  }

  /** Adds copies of those that match to {@code found}. */
  void find(Predicate<Decision> wanted, List<Decision> found) {
    Decision copy = new Decision();
    for (int place = 0; place < places.length(); place++) {
      if (copy(place, copy) && wanted.test(copy)) {
        found.add(copy);
        copy = new Decision();
      }
    }
  }

  private boolean copy(int place, Decision to) {
    Decision decision = places.getAcquire(place);
    if (decision == null) {
      return false;
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      int version = versions.getAcquire(place);
      if ((version & 1) == 0) {
        to.copy(decision);
        VarHandle.loadLoadFence(); // the version again only after every part
        if (versions.getOpaque(place) == version) {
          return true;
        }
      }
    }
    return false;
  }
}
