package io.fairlead.certs;

import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * What a certificate of a server is asked to say.
 *
 * @param names DNS names (a leading {@code *.} is allowed) and IP addresses, at least one
 * @param clientAuth whether it may also prove a client, as between routers
 */
public record Leaf(List<String> names, KeyType keyType, Validity validity, boolean clientAuth) {
  private static final String LABEL = "[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?";
  private static final Pattern DNS_NAME =
      Pattern.compile("(\\*\\.)?" + LABEL + "(\\." + LABEL + ")*");

  public Leaf {
    names = List.copyOf(names);
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names: none (expected: at least one)");
    }
    for (String name : names) {
      if (!isAddress(name) && !(name.length() <= 253 && DNS_NAME.matcher(name).matches())) {
        throw new IllegalArgumentException(
            "name: " + name + " (expected: a DNS name or an IP address)");
      }
    }
  }

  GeneralNames subjectAlternativeNames() {
    return new GeneralNames(
        names.stream()
            .map(
                name ->
                    new GeneralName(
                        isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new));
  }

  private static boolean isAddress(String name) {
    try {
      return InetAddress.ofLiteral(name) != null;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }
}
