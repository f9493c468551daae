package io.fairlead.certs;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificates that vouch for it.
 *
 * @param chain the key's own certificate first, each followed by its issuer's, the root last
 */
public record Certified(List<X509Certificate> chain, PrivateKey key) {
  public Certified {
    chain = List.copyOf(chain);
  }

  /** The key's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** The certificate a client has to trust. */
  public X509Certificate root() {
    return chain.getLast();
  }
}
