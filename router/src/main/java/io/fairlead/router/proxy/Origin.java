package io.fairlead.router.proxy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the requests of one connection come from, as the fields that say so to a model; made once
 * per connection.
 *
 * @param trusted whether the peer is a proxy whose own forwarding fields are kept
 * @param serverNames what the requests may be for; null for anything
 * @param peer the certificates that the peer has shown; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the arrays are never written
record Origin(
    byte[] clientAddress,
    boolean tls,
    boolean trusted,
    @Nullable ServerNameCheck serverNames,
    @Nullable PeerCertificates peer) {
  static Origin of(@Nullable InetAddress address, boolean tls, boolean trusted) {
    String text = address == null ? "unknown" : withoutScope(address.getHostAddress());
    return new Origin(text.getBytes(StandardCharsets.US_ASCII), tls, trusted, null, null);
  }

  /** Returns the same origin with what its handshake said: for which server, and from whom. */
  Origin with(@Nullable ServerNameCheck names, @Nullable PeerCertificates certificates) {
    return new Origin(clientAddress, tls, trusted, names, certificates);
  }

  private static String withoutScope(String address) {
    int percent = address.indexOf('%');
    return percent < 0 ? address : address.substring(0, percent);
  }
}
