package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import io.fairlead.router.tls.ServerNames;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Whether the requests of one TLS connection are meant for the server that its handshake asked for
 * (RFC 9110 7.4). A host other than that is served if the certificate is for it as well: browsers
 * use one connection for all names of a certificate (RFC 9113 9.1.1).
 */
final class ServerNameCheck {
  private static final byte[] NONE = {};

  private final String asked;
  private final ServerNames names;
  private byte[] accepted = NONE; // the authority that was looked at last

  private ServerNameCheck(String asked, ServerNames names) {
    this.asked = asked;
    this.names = names;
  }

  /** Returns the check; null where the client named no server, or there is only one it can mean. */
  static @Nullable ServerNameCheck of(SSLSession session, ServerNames names) {
    if (names.dnsNames().size() + names.addresses().size() < 2
        || !(session instanceof ExtendedSSLSession extended)) {
      return null;
    }
    List<SNIServerName> requested = extended.getRequestedServerNames();
    return !requested.isEmpty() && requested.getFirst() instanceof SNIHostName host
        ? new ServerNameCheck(host.getAsciiName(), names)
        : null;
  }

  /** Returns why a request is not for this server; null if it is. */
  @Nullable Refusal check(Head request) {
    int from = request.authorityStart();
    int to = request.authorityEnd();
    if (from == to || Arrays.equals(request.bytes(), from, to, accepted, 0, accepted.length)) {
      return null;
    }
    String host = withoutPort(request.text(from, to));
    if (!host.equalsIgnoreCase(asked) && !names.cover(host)) {
      return new Refusal(
          RouterError.MISDIRECTED_REQUEST,
          "the TLS handshake asked for another server than the request (expected: " + asked + ")");
    }
    accepted = Arrays.copyOfRange(request.bytes(), from, to);
    return null;
  }

  private static String withoutPort(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }
}
