package io.fairlead.router;

import static java.util.stream.Collectors.toSet;

import io.fairlead.router.auth.CertificateRule;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.auth.KeyRing;
import io.fairlead.router.control.Gates;
import io.fairlead.router.control.TokenKeysState;
import io.fairlead.router.jwks.HttpFetch;
import io.fairlead.router.jwks.KeySources;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.tls.ClientAuthorities;
import io.fairlead.router.tls.ServerTrust;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsProblem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gates of all endpoints, with the token keys and the authorities that they need from files and
 * from the network. For the control thread.
 */
final class EndpointGates implements Gates, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointGates.class);
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(10);

  private record Name(String namespace, String endpoint) {
    static Name of(Endpoint endpoint) {
      return new Name(endpoint.namespace(), endpoint.name());
    }
  }

  private final KeySources keys;
  private final ClientAuthorities authorities = new ClientAuthorities();
  private final @Nullable TlsContexts tls;
  private final ReloadLog reloads;
  private final Map<Name, Gate> gates = new HashMap<>();

  /** Whose gates there are. */
  private List<Endpoint> kept = List.of();

  private EndpointGates(KeySources keys, @Nullable TlsContexts tls, ReloadLog reloads) {
    this.keys = keys;
    this.tls = tls;
    this.reloads = reloads;
  }

  /** Makes what fetches token keys, on virtual threads: each waits nearly all of the time. */
  static EndpointGates open(
      Certificates certificates, ReloadLog reloads, LongSupplier nanos, SplittableRandom random) {
    ServerTrust issuers = certificates.issuers();
    var fetch =
        new HttpFetch(
            task -> Thread.ofVirtual().name("fairlead-keys-http").start(task),
            FETCH_TIMEOUT,
            issuers == null ? null : issuers::context);
    var keys =
        new KeySources(
            fetch,
            Thread.ofVirtual().name("fairlead-keys-", 0).factory(),
            nanos,
            random,
            new KeySetLog(reloads));
    return new EndpointGates(keys, certificates.callers(), reloads);
  }

  /** Returns how the token keys stand that {@code state} needs. For any thread. */
  List<TokenKeysState> keys(ClusterState state) {
    return keys.states(state);
  }

  /** Looks for everything that {@code state} needs. */
  void prepare(ClusterState state) {
    keys.announce(state);
  }

  /**
   * Returns whether what was looked for has come, or is known not to: nothing is gained by waiting.
   */
  boolean isPrepared() {
    return keys.isSettled();
  }

  /** Is about to be asked for the gates of {@code state}, which was prepared. */
  void begin(ClusterState state) {
    lookAtAuthorities(state);
  }

  /** Was asked for the gates of {@code state}; no others are needed any more. */
  void end(ClusterState state) {
    keys.keep(state);
    if (!state.endpoints().equals(kept)) {
      kept = state.endpoints();
      gates.keySet().retainAll(kept.stream().map(Name::of).collect(toSet()));
    }
  }

  /** Looks at files; returns whether the gates of {@code state}, which is served, changed. */
  boolean poll(ClusterState state) {
    keys.poll();
    return lookAtAuthorities(state);
  }

  /** Returns the gate; the same object as before where it asks for the same. */
  @Override
  public Gate of(Endpoint endpoint) {
    Authentication authentication = endpoint.access().authentication();
    ClientCertificates wanted = endpoint.access().clientCertificates();
    KeyRing ring = authentication instanceof Authentication.Token token ? keys.ring(token) : null;
    CertificateRule rule = wanted == null ? null : authorities.rule(wanted);
    Gate gate = new Gate(authentication, ring, rule);
    return gates.merge(Name.of(endpoint), gate, (old, now) -> old.equals(now) ? old : now);
  }

  private boolean lookAtAuthorities(ClusterState state) {
    ClientAuthorities.Look look = authorities.look(state);
    if (!look.problems().isEmpty()) {
      refused(look.problems());
    } else if (look.changed()) {
      reloads.report("client_ca", true, authorities.all().size() + " authorities of clients");
    }
    trust();
    return look.changed();
  }

  private void trust() {
    if (tls == null) {
      return;
    }
    try {
      tls.trust(authorities.all());
    } catch (TlsProblem e) {
      refused(e.lines());
    }
  }

  private void refused(List<String> lines) {
    reloads.report("client_ca", false, String.join("; ", lines));
    lines.forEach(line -> LOG.warn("client authorities refused, the old ones stay: {}", line));
  }

  @Override
  public void close() {
    keys.close();
  }
}
