package io.fairlead.router.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a replay: ordered, then ready, at last removed, those that are not ready first,
 * and the newest first of the others, as Kubernetes does it. One that is removed finishes what it
 * does.
 */
final class Pods {
  private final int limit;
  private final List<Pod> ordered = new ArrayList<>();

  /** A pod once for each of its slots that is free; of removed ones until they turn up. */
  private final Deque<Pod> free = new ArrayDeque<>();

  private int ready;
  private int inFlight;
  private int most;
  private long podNanos;

  Pods(int limit) {
    this.limit = limit;
  }

  /** Returns how many are ordered. */
  int ordered() {
    return ordered.size();
  }

  /** Returns how many may be used. */
  int ready() {
    return ready;
  }

  /** Returns how many requests they have, the removed ones included. */
  int inFlight() {
    return inFlight;
  }

  /** Returns how many were ordered at once at most. */
  int most() {
    return most;
  }

  /** Orders one more. */
  Pod add(long nowNanos) {
    Pod pod = new Pod(nowNanos);
    ordered.add(pod);
    most = Math.max(most, ordered.size());
    return pod;
  }

  /** Lets {@code pod} be used, unless it was removed meanwhile. */
  void becomeReady(Pod pod) {
    if (!pod.removed) {
      pod.ready = true;
      ready++;
      for (int i = 0; i < limit; i++) {
        free.addLast(pod);
      }
    }
  }

  /** Removes one. */
  void removeOne(long nowNanos) {
    int index = ordered.size() - 1;
    for (int i = index; i >= 0; i--) {
      if (!ordered.get(i).ready) {
        index = i;
        break;
      }
    }
    Pod pod = ordered.remove(index);
    pod.removed = true;
    ready -= pod.ready ? 1 : 0;
    endUnlessBusy(pod, nowNanos);
  }

  private void endUnlessBusy(Pod pod, long nowNanos) {
    if (pod.busy == 0) {
      podNanos += nowNanos - pod.orderedNanos;
    }
  }

  /** Takes a free slot; returns whose, or null. */
  @Nullable Pod take() {
    Pod pod = free.pollFirst();
    while (pod != null && pod.removed) {
      pod = free.pollFirst();
    }
    if (pod != null) {
      pod.busy++;
      inFlight++;
    }
    return pod;
  }

  /** Gives a slot back. */
  void give(Pod pod, long nowNanos) {
    pod.busy--;
    inFlight--;
    if (pod.removed) {
      endUnlessBusy(pod, nowNanos);
    } else {
      free.addLast(pod);
    }
  }

  /** Returns the time that all have existed together, in whole seconds. */
  long podSeconds(long nowNanos) {
    long nanos = podNanos;
    for (Pod pod : ordered) {
      nanos += nowNanos - pod.orderedNanos;
    }
    return nanos / 1_000_000_000L;
  }
}
