package io.fairlead.router.proxy;

import io.fairlead.router.auth.CertificateCheck;
import io.fairlead.router.auth.CertificateRule;
import io.fairlead.router.auth.Verdict;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that the peer of one connection has shown, with what the last few endpoints made
 * of them: verifying a chain takes a millisecond, and is done once.
 */
final class PeerCertificates {
  private static final int REMEMBERED = 8;

  private final List<X509Certificate> chain;
  private final @Nullable CertificateRule[] rules = new CertificateRule[REMEMBERED];
  private final @Nullable Verdict[] verdicts = new Verdict[REMEMBERED];
  private int next;

  private PeerCertificates(List<X509Certificate> chain) {
    this.chain = List.copyOf(chain);
  }

  /** Returns what the peer has shown; null if that is nothing. */
  static @Nullable PeerCertificates of(SSLSession session) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : session.getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
      return chain.isEmpty() ? null : new PeerCertificates(chain);
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  /** Returns the verdict of {@code rule}; another object is another rule. */
  Verdict verdict(CertificateRule rule) {
    for (int i = 0; i < REMEMBERED; i++) {
      Verdict known = verdicts[i];
      if (known != null && rule.equals(rules[i])) {
        return known;
      }
    }
    Verdict verdict = CertificateCheck.check(rule, chain);
    rules[next] = rule;
    verdicts[next] = verdict;
    next = (next + 1) % REMEMBERED;
    return verdict;
  }
}
