package io.fairlead.bench.openloop;

import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.client.Target;
import java.net.InetSocketAddress;
import java.net.URI;

/** Servers that somebody else has started. */
final class Targets {
  private Targets() {}

  /** Returns what an URL names; its scheme must be that of the protocol, and it has a port. */
  static Target at(URI url, Protocol protocol) {
    String scheme = protocol.tls() ? "https" : "http";
    if (!scheme.equals(url.getScheme()) || url.getHost() == null || url.getPort() < 1) {
      throw new IllegalArgumentException(
          url + " (expected: " + scheme + "://HOST:PORT/PATH for " + protocol + ")");
    }
    var address = new InetSocketAddress(url.getHost(), url.getPort());
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return new Target(address, protocol, path);
  }
}
