package io.fairlead.router.metrics;

import io.fairlead.router.control.TokenKeysState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads how token keys stand. Of two endpoints of one name the worse counts. */
final class TokenKeysCollector implements MultiCollector {
  private final Supplier<List<TokenKeysState>> states;

  TokenKeysCollector(Supplier<List<TokenKeysState>> states) {
    this.states = states;
  }

  @Override
  public MetricSnapshots collect() {
    Map<String, TokenKeysState> worst = new TreeMap<>();
    for (TokenKeysState state : states.get()) {
      worst.merge(state.endpoint(), state, TokenKeysCollector::worse);
    }
    Points keys = new Points(Meter.TOKEN_KEYS);
    Points ages = new Points(Meter.TOKEN_KEYS_AGE);
    for (TokenKeysState state : worst.values()) {
      keys.add(state.keys(), state.endpoint());
      ages.add(state.ageSeconds(), state.endpoint());
    }
    return MetricSnapshots.of(keys.snapshot(), ages.snapshot());
  }

  private static TokenKeysState worse(TokenKeysState one, TokenKeysState other) {
    return one.ageSeconds() >= other.ageSeconds() ? one : other;
  }
}
