package io.fairlead.router.control;

import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The small numbers of endpoints (keys with an empty deployment) and deployments, from 1.
 *
 * <p>Who stays keeps its number. A number that is freed is never given again: requests that hold an
 * older snapshot may still count under it, and must not count for another.
 */
final class Ordinals {
  /** Nothing numbered yet. */
  static final Ordinals NONE = new Ordinals(Map.of(), 1);

  private final Map<DeploymentKey, Integer> byKey;
  private final int next;

  private Ordinals(Map<DeploymentKey, Integer> byKey, int next) {
    this.byKey = Collections.unmodifiableMap(byKey);
    this.next = next;
  }

  /** Returns the numbers for {@code state}, of which those it shares with these are the same. */
  Ordinals forState(ClusterState state) {
    Map<DeploymentKey, Integer> numbers = new LinkedHashMap<>();
    int free = next;
    for (Endpoint endpoint : state.endpoints()) {
      free = number(new DeploymentKey(endpoint.namespace(), endpoint.name(), ""), numbers, free);
    }
    for (Deployment deployment : state.deployments()) {
      free = number(deployment.key(), numbers, free);
    }
    return new Ordinals(numbers, free);
  }

  private int number(DeploymentKey key, Map<DeploymentKey, Integer> numbers, int free) {
    Integer old = byKey.get(key);
    Integer before = numbers.putIfAbsent(key, old == null ? free : old);
    return old == null && before == null ? free + 1 : free;
  }

  /** Returns the number of {@code key}, which the state these are for must hold. */
  int of(DeploymentKey key) {
    return Objects.requireNonNull(byKey.get(key), () -> key + " is not of this state");
  }

  /** Returns every key with its number. */
  Map<DeploymentKey, Integer> byKey() {
    return byKey;
  }

  /** Returns a number above all that were ever given. */
  int bound() {
    return next;
  }
}
