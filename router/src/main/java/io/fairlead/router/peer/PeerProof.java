package io.fairlead.router.peer;

import io.fairlead.router.model.Address;
import io.grpc.Attributes;
import io.grpc.Grpc;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What the other side of a connection has proved itself with. The peers' authority has issued it:
 * that much the handshake has made sure of.
 */
record PeerProof(X509Certificate certificate) {
  private static final int IP_ADDRESS = 7; // GeneralName, RFC 5280 4.2.1.6

  /** Returns the proof that belongs to a call; null if there is none. */
  static @Nullable PeerProof of(Attributes attributes) {
    SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return null;
    }
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? new PeerProof(certificate)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  /**
   * Returns whether who has this certificate may be the router at {@code address}. One that names
   * IP addresses is for those; pods share one that names none, and cannot be told apart by it.
   */
  boolean covers(Address address) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      boolean namesAny = false;
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (name.get(0).equals(IP_ADDRESS)) {
          namesAny = true;
          if (InetAddress.ofLiteral(name.get(1).toString())
              .equals(InetAddress.ofLiteral(address.host()))) {
            return true;
          }
        }
      }
      return !namesAny;
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /** Says whose it is. */
  @Override
  public String toString() {
    return certificate.getSubjectX500Principal() + ", serial " + certificate.getSerialNumber();
  }
}
