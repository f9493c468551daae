package io.fairlead.router.control;

import io.fairlead.router.auth.Gate;
import io.fairlead.router.dispatch.Dispatcher;
import io.fairlead.router.dispatch.LeaseWatch;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.rate.RateLimiter;
import io.fairlead.router.routing.RouteTable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator.SplittableGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of snapshots. {@link #apply} and {@link #advance} are for one thread; reading is
 * for all.
 *
 * <p>A deployment that stays keeps its {@link Dispatcher}, so its permits, queue and counters go
 * on; a rate limit that stays keeps its {@link RateLimiter}. One that goes away leaves with its
 * dispatcher: requests that hold a permit or wait finish there, and no new one finds it. If the
 * deployment is there again before that, it gets the same one, so that its limit holds.
 */
public final class Controller implements Snapshots {
  private final RequestMeters meters;
  private final Limits.Upstream limits;
  private final SplittableGenerator random;
  private final @Nullable LeaseWatch watch;

  /** Those of deployments that went away: here for as long as a request refers to them. */
  private final Map<DeploymentKey, WeakReference<Dispatcher>> gone = new ConcurrentHashMap<>();

  private Ordinals ordinals = Ordinals.NONE;
  private volatile Snapshot current =
      new Snapshot(
          ClusterState.EMPTY,
          RouteTable.compile(ClusterState.EMPTY, Ordinals.NONE::of),
          List.of(),
          List.of(),
          List.of());

  /**
   * Starts with nothing to serve.
   *
   * @param random is split, so that each dispatcher draws from its own
   */
  public Controller(RequestMeters meters, Limits.Upstream limits, SplittableGenerator random) {
    this(meters, limits, random, null);
  }

  /**
   * Starts with nothing to serve, and perhaps with other routers to share slots with.
   *
   * @param random is split, so that each dispatcher draws from its own
   * @param watch who brings leases; null if there are no other routers
   */
  public Controller(
      RequestMeters meters,
      Limits.Upstream limits,
      SplittableGenerator random,
      @Nullable LeaseWatch watch) {
    this.meters = meters;
    this.limits = limits;
    this.random = random;
    this.watch = watch;
  }

  /** Makes {@code state} what is served from now on; counters of deployments that stay go on. */
  public void apply(ClusterState state, Gates gates, long nowNanos) {
    Ordinals before = ordinals;
    Ordinals now = before.forState(state);
    RouteTable routes = RouteTable.compile(state, now::of); // may refuse: nothing is touched yet
    List<@Nullable Dispatcher> dispatchers = dispatchers(state, now, nowNanos);
    now.byKey().forEach((key, ordinal) -> registerNew(before, key, ordinal));
    ordinals = now;
    noteGone(now);
    current =
        new Snapshot(state, routes, dispatchers, limiters(state, now), gates(state, now, gates));
    before.byKey().forEach((key, ordinal) -> retireGone(now, key, ordinal));
    gone.entrySet()
        .removeIf(
            entry -> now.byKey().containsKey(entry.getKey()) || entry.getValue().get() == null);
  }

  /** Before they leave the snapshot: a dispatcher is always here or there. */
  private void noteGone(Ordinals now) {
    for (Dispatcher dispatcher : current.dispatchers()) {
      if (dispatcher != null && !now.byKey().containsKey(dispatcher.deployment().key())) {
        gone.put(dispatcher.deployment().key(), new WeakReference<>(dispatcher));
      }
    }
  }

  /** Does what is due in every dispatcher, such as letting ejected replicas return. */
  public void advance(long nowNanos) {
    for (Dispatcher dispatcher : current.dispatchers()) {
      if (dispatcher != null) {
        dispatcher.advance(nowNanos);
      }
    }
  }

  @Override
  public Snapshot current() {
    return current;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // that very snapshot: its content says nothing
  public Collection<Dispatcher> dispatchers() {
    Set<Dispatcher> all = new LinkedHashSet<>();
    Snapshot seen;
    do { // one that leaves between the two looks would be in neither
      seen = current;
      all.clear();
      gone.values().forEach(reference -> addTo(all, reference.get()));
      seen.dispatchers().forEach(dispatcher -> addTo(all, dispatcher));
    } while (seen != current);
    return all;
  }

  private static void addTo(Set<Dispatcher> all, @Nullable Dispatcher dispatcher) {
    if (dispatcher != null) {
      all.add(dispatcher);
    }
  }

  private List<@Nullable Dispatcher> dispatchers(ClusterState state, Ordinals now, long nowNanos) {
    List<@Nullable Dispatcher> dispatchers =
        new ArrayList<>(Collections.nCopies(now.bound(), (@Nullable Dispatcher) null));
    List<@Nullable Dispatcher> before = current.dispatchers();
    for (Deployment deployment : state.deployments()) {
      int ordinal = now.of(deployment.key());
      Dispatcher dispatcher = ordinal < before.size() ? before.get(ordinal) : null;
      if (dispatcher == null) {
        dispatcher = thatWasGone(deployment.key());
      }
      if (dispatcher == null) {
        dispatcher = new Dispatcher(deployment, limits, random.split(), watch, nowNanos);
      } else if (!dispatcher.deployment().equals(deployment)) {
        dispatcher.update(deployment, nowNanos);
      }
      dispatchers.set(ordinal, dispatcher);
    }
    return Collections.unmodifiableList(dispatchers);
  }

  private @Nullable Dispatcher thatWasGone(DeploymentKey key) {
    WeakReference<Dispatcher> reference = gone.get(key);
    return reference == null ? null : reference.get();
  }

  /** A limit that stays keeps its buckets: a reload is no way around it. */
  private List<@Nullable RateLimiter> limiters(ClusterState state, Ordinals now) {
    List<@Nullable RateLimiter> limiters =
        new ArrayList<>(Collections.nCopies(now.bound(), (@Nullable RateLimiter) null));
    List<@Nullable RateLimiter> before = current.limiters();
    for (Endpoint endpoint : state.endpoints()) {
      RateLimit limit = endpoint.access().rateLimit();
      if (limit != null) {
        int ordinal = now.of(new DeploymentKey(endpoint.namespace(), endpoint.name(), ""));
        RateLimiter old = ordinal < before.size() ? before.get(ordinal) : null;
        limiters.set(
            ordinal,
            old != null && old.limit().equals(limit)
                ? old
                : new RateLimiter(endpoint.name(), limit));
      }
    }
    return Collections.unmodifiableList(limiters);
  }

  private static List<@Nullable Gate> gates(ClusterState state, Ordinals now, Gates gates) {
    List<@Nullable Gate> list =
        new ArrayList<>(Collections.nCopies(now.bound(), (@Nullable Gate) null));
    for (Endpoint endpoint : state.endpoints()) {
      list.set(
          now.of(new DeploymentKey(endpoint.namespace(), endpoint.name(), "")), gates.of(endpoint));
    }
    return Collections.unmodifiableList(list);
  }

  private void registerNew(Ordinals before, DeploymentKey key, int ordinal) {
    if (!before.byKey().containsKey(key)) {
      meters.register(ordinal, key.namespace(), key.endpoint(), key.deployment());
    }
  }

  private void retireGone(Ordinals now, DeploymentKey key, int ordinal) {
    if (!now.byKey().containsKey(key)) {
      meters.retire(ordinal);
    }
  }
}
