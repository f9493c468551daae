package io.fairlead.router.jwks;

import static java.util.stream.Collectors.toSet;

import io.fairlead.router.auth.KeyRing;
import io.fairlead.router.control.TokenKeysState;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.TokenKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator.SplittableGenerator;

/**
 * Keeps current the keys of every issuer that an endpoint trusts; endpoints with the same source
 * share it. {@link #states} is for any thread, the rest for one.
 */
public final class KeySources implements AutoCloseable {
  /** Endpoints with equal ones see the same keys. The issuer counts where it is asked for them. */
  private record Place(TokenKeys keys, String issuer) {
    static Place of(Authentication.Token token) {
      return new Place(
          token.keys(), token.keys() instanceof TokenKeys.Discovered ? token.issuer() : "");
    }
  }

  private final Fetch fetch;
  private final ThreadFactory threads;
  private final LongSupplier nanos;
  private final SplittableGenerator random;
  private final KeySetListener listener;
  private final Map<Place, FileKeys> files = new HashMap<>();
  private final Map<Place, RemoteKeys> remotes = new HashMap<>();
  private final Map<Place, KeySource> inline = new HashMap<>();
  private volatile Map<Place, KeySource> sources = Map.of();

  /**
   * Starts with nothing.
   *
   * @param threads makes one for each source that is asked over the network
   */
  public KeySources(
      HttpFetch fetch,
      ThreadFactory threads,
      LongSupplier nanos,
      SplittableGenerator random,
      KeySetListener listener) {
    this((Fetch) fetch, threads, nanos, random, listener);
  }

  KeySources(
      Fetch fetch,
      ThreadFactory threads,
      LongSupplier nanos,
      SplittableGenerator random,
      KeySetListener listener) {
    this.fetch = fetch;
    this.threads = threads;
    this.nanos = nanos;
    this.random = random;
    this.listener = listener;
  }

  /** Begins to look for the keys that {@code state} needs and that are not looked for yet. */
  public void announce(ClusterState state) {
    for (Endpoint endpoint : state.endpoints()) {
      if (endpoint.access().authentication() instanceof Authentication.Token token) {
        open(Place.of(token), token);
      }
    }
    publish();
  }

  private void open(Place place, Authentication.Token token) {
    switch (token.keys()) {
      case TokenKeys.Inline given -> inline.computeIfAbsent(place, _ -> source(given));
      case TokenKeys.File file ->
          files.computeIfAbsent(
              place,
              _ -> {
                var source = new FileKeys(Path.of(file.path()), listener);
                source.poll(nanos.getAsLong());
                return source;
              });
      case TokenKeys.Url _, TokenKeys.Discovered _ ->
          remotes.computeIfAbsent(
              place,
              _ -> {
                var plan = new RefreshPlan(random.split(), nanos.getAsLong());
                var source = new RemoteKeys(token, fetch, plan, nanos, listener);
                threads.newThread(source).start();
                return source;
              });
    }
  }

  /** A set that cannot be used was refused with the resource that it came with. */
  private KeySource source(TokenKeys.Inline given) {
    var source = new KeySource("a Secret", listener, () -> {});
    source.take(given.json(), nanos.getAsLong());
    return source;
  }

  /** Returns whether every source was asked at least once, in vain or not. */
  public boolean isSettled() {
    return sources.values().stream().allMatch(KeySource::isTried);
  }

  /** Returns where the keys for {@code token}, which was announced, are found. */
  public KeyRing ring(Authentication.Token token) {
    return source(token).ring();
  }

  private KeySource source(Authentication.Token token) {
    return Objects.requireNonNull(sources.get(Place.of(token)), "not announced");
  }

  /** Looks at the files. */
  public void poll() {
    long now = nanos.getAsLong();
    files.values().forEach(source -> source.poll(now));
  }

  /** Forgets what {@code state} does not need. */
  public void keep(ClusterState state) {
    Collection<Place> wanted =
        state.endpoints().stream()
            .map(endpoint -> endpoint.access().authentication())
            .filter(Authentication.Token.class::isInstance)
            .map(token -> Place.of((Authentication.Token) token))
            .collect(toSet());
    inline.keySet().retainAll(wanted);
    files.keySet().retainAll(wanted);
    remotes.forEach(
        (place, source) -> {
          if (!wanted.contains(place)) {
            source.close();
          }
        });
    remotes.keySet().retainAll(wanted);
    publish();
  }

  private void publish() {
    Map<Place, KeySource> all = new HashMap<>(inline);
    all.putAll(files);
    remotes.forEach((place, remote) -> all.put(place, remote.source()));
    sources = Map.copyOf(all);
  }

  /** Returns how the keys stand for each endpoint of {@code state}, which was announced. */
  public List<TokenKeysState> states(ClusterState state) {
    Map<Place, KeySource> now = sources;
    List<TokenKeysState> states = new ArrayList<>();
    for (Endpoint endpoint : state.endpoints()) {
      if (endpoint.access().authentication() instanceof Authentication.Token token) {
        KeySource source = now.get(Place.of(token));
        if (source != null) {
          states.add(
              new TokenKeysState(
                  endpoint.name(), source.ring().current().size(), age(token, source)));
        }
      }
    }
    return states;
  }

  private double age(Authentication.Token token, KeySource source) {
    if (token.keys() instanceof TokenKeys.Inline) {
      return 0;
    }
    long good = source.goodNanos();
    return good < 0 ? Double.POSITIVE_INFINITY : (nanos.getAsLong() - good) / 1e9;
  }

  @Override
  public void close() {
    remotes.values().forEach(RemoteKeys::close);
  }
}
