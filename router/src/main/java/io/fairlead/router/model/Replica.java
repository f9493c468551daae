package io.fairlead.router.model;

/**
 * One model server that answers requests of a deployment.
 *
 * @param host a literal IPv4 or IPv6 address, without brackets
 */
public record Replica(String host, int port) {
  public Replica {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host: empty (expected: an IP address)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
