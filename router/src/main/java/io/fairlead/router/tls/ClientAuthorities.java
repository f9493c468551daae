package io.fairlead.router.tls;

import io.fairlead.router.auth.CertificateRule;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Endpoint;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The authorities of callers' certificates, kept up to date with the files that they come from. For
 * one thread, which polls and reports what comes out.
 */
public final class ClientAuthorities {
  private static final CertificateRule NOBODY = chain -> CertificateRule.Fit.UNTRUSTED;

  /**
   * What one endpoint asks for as it was found last.
   *
   * @param fingerprint of the file as it was read last, good or not
   * @param rule of the last good one; lets nobody in if there never was one
   */
  private record Held(String fingerprint, CertificateRule rule) {}

  /**
   * What a look has found.
   *
   * @param changed whether rules are others now
   * @param problems a line for each file that changed into something unusable
   */
  public record Look(boolean changed, List<String> problems) {
    public Look {
      problems = List.copyOf(problems);
    }
  }

  private final Map<ClientCertificates, Held> held = new HashMap<>();

  /** Looks at everything that {@code state} asks for, and forgets the rest. */
  public Look look(ClusterState state) {
    Set<ClientCertificates> wanted = new LinkedHashSet<>();
    for (Endpoint endpoint : state.endpoints()) {
      if (endpoint.access().clientCertificates() != null) {
        wanted.add(endpoint.access().clientCertificates());
      }
    }
    held.keySet().retainAll(wanted);
    List<String> problems = new ArrayList<>();
    boolean changed = false;
    for (ClientCertificates one : wanted) {
      changed |= look(one, problems);
    }
    return new Look(changed, problems);
  }

  private boolean look(ClientCertificates wanted, List<String> problems) {
    Held before = held.get(wanted);
    if (before != null && wanted.caFile() == null) {
      return false;
    }
    PemFile file =
        wanted.caFile() == null
            ? new PemFile(Path.of("ca.crt"), Objects.requireNonNull(wanted.caPem()), "")
            : PemFile.read(Path.of(wanted.caFile()));
    String fingerprint = file.fingerprint();
    if (before != null && before.fingerprint.equals(fingerprint)) {
      return false;
    }
    CertificateRule rule = before == null ? NOBODY : before.rule;
    try {
      rule = new ClientTrust(Identity.certificates(file), wanted.subjects());
    } catch (TlsProblem e) {
      problems.addAll(e.lines());
    }
    held.put(wanted, new Held(fingerprint, rule));
    return before == null || !before.rule.equals(rule);
  }

  /** Returns the rule for what an endpoint asks for, as the last look has found it. */
  public CertificateRule rule(ClientCertificates wanted) {
    Held found = held.get(wanted);
    return found == null ? NOBODY : found.rule;
  }

  /** Returns every authority of any endpoint: whom a handshake may trust. */
  public List<X509Certificate> all() {
    Set<X509Certificate> all = new LinkedHashSet<>();
    for (Held one : held.values()) {
      if (one.rule instanceof ClientTrust trust) {
        all.addAll(trust.authorities());
      }
    }
    return List.copyOf(all);
  }
}
