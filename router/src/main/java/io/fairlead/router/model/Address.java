package io.fairlead.router.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A host and a port, written {@code host:port} or {@code [IPv6]:port}.
 *
 * @param host a literal address without brackets, or a name
 * @param port 0 to 65535; 0 lets the system pick one where a listener is meant
 */
public record Address(String host, int port) {
  /** What the text form looks like, for messages. */
  public static final String EXPECTED = "host:port, such as 127.0.0.1:8080 or [::1]:8080";

  public Address {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host: empty (expected: an address or a name)");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
  }

  /** Reads the text form; null if {@code text} is not of it. Never asks a name server. */
  public static @Nullable Address parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      return null;
    }
    int port = port(text, colon + 1);
    if (port < 0) {
      return null;
    }
    if (text.charAt(0) == '[') {
      String host = text.charAt(colon - 1) == ']' ? text.substring(1, colon - 1) : "";
      return host.indexOf(':') >= 0 && isLiteral(host) ? new Address(host, port) : null;
    }
    String host = text.substring(0, colon);
    return (isLiteral(host) && host.indexOf(':') < 0) || isName(host)
        ? new Address(host, port)
        : null;
  }

  /** Returns whether {@code host} is an IPv4 or IPv6 address rather than a name. */
  public static boolean isLiteral(String host) {
    // The platform also reads "[::1]", which belongs to the form with a port, and "127.1" and
    // "fe80::1%eth0", which do not mean the same everywhere.
    if (host.startsWith("[")
        || host.indexOf('%') >= 0
        || (host.indexOf(':') < 0 && dots(host) != 3)) {
      return false;
    }
    try {
      InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }

  private static int port(String text, int from) {
    int digits = text.length() - from;
    if (digits < 1 || digits > 5) {
      return -1;
    }
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      port = port * 10 + digit;
    }
    return port > 65_535 ? -1 : port;
  }

  private static boolean isName(String host) {
    // RFC 1123 2.1: letters, digits and hyphens in labels, the last of which is not a number.
    return host.length() <= 253
        && host.matches(
            "([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?\\.)*"
                + "[a-zA-Z]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");
  }

  private static long dots(String host) {
    return host.chars().filter(c -> c == '.').count();
  }
}
