package io.fairlead.router.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The names a certificate is for: the DNS names and addresses of its subject alternative names. A
 * common name counts for nothing (RFC 9525 2).
 */
public record ServerNames(List<String> dnsNames, List<InetAddress> addresses) {
  private static final int DNS_NAME = 2; // GeneralName, RFC 5280 4.2.1.6
  private static final int IP_ADDRESS = 7;

  public ServerNames {
    dnsNames = List.copyOf(dnsNames);
    addresses = List.copyOf(addresses);
  }

  static ServerNames of(X509Certificate certificate) throws CertificateParsingException {
    var dnsNames = new ArrayList<String>();
    var addresses = new ArrayList<InetAddress>();
    var all = certificate.getSubjectAlternativeNames();
    for (List<?> name : all == null ? List.<List<?>>of() : all) {
      if (name.get(0).equals(DNS_NAME)) {
        dnsNames.add(name.get(1).toString().toLowerCase(Locale.ROOT));
      } else if (name.get(0).equals(IP_ADDRESS)) {
        addresses.add(InetAddress.ofLiteral(name.get(1).toString()));
      }
    }
    return new ServerNames(dnsNames, addresses);
  }

  /**
   * Returns whether the certificate is for {@code host}: a DNS name of any letter case, or an
   * address, with brackets or without. A wildcard stands for exactly one whole label (RFC 9525
   * 6.3).
   */
  public boolean cover(String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      return coverAddress(host.substring(1, host.length() - 1));
    }
    var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    for (String dnsName : dnsNames) {
      if (covers(dnsName, name)) {
        return true;
      }
    }
    return coverAddress(host);
  }

  private static boolean covers(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equalsIgnoreCase(name);
    }
    int dot = name.indexOf('.');
    int rest = pattern.length() - 1;
    return dot > 0
        && name.length() - dot == rest
        && name.regionMatches(true, dot, pattern, 1, rest);
  }

  private boolean coverAddress(String host) {
    if (addresses.isEmpty()) {
      return false;
    }
    try {
      return addresses.contains(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }
}
