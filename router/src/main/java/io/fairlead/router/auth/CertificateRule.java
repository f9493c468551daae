package io.fairlead.router.auth;

import java.security.cert.X509Certificate;
import java.util.List;

/** Which certificates of callers an endpoint takes; checked by the edge, which can read them. */
@FunctionalInterface
public interface CertificateRule {
  /** How a certificate stands to the rule. */
  enum Fit {
    GOOD,
    /** No authority of the endpoint has issued it, or not for this, or not for now. */
    UNTRUSTED,
    /** It is somebody else's. */
    ANOTHER_SUBJECT
  }

  /**
   * Returns how {@code chain}, the caller's own certificate first, stands to it. It is verified
   * anew: the handshake may have trusted the authority of another endpoint.
   */
  Fit fit(List<X509Certificate> chain);
}
