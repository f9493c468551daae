package io.fairlead.router.tls;

import io.fairlead.router.auth.CertificateRule;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;

/**
 * The callers that an endpoint lets in by their certificate: those of its authorities (RFC 5280, as
 * the JDK verifies a TLS client), perhaps of certain subjects alone. Never changes.
 */
final class ClientTrust implements CertificateRule {
  private final List<X509Certificate> authorities;
  private final X509TrustManager verifier;
  private final Set<X500Principal> names;
  private final Set<String> dnsNames;

  /**
   * Trusts {@code authorities}, of which there is at least one.
   *
   * @param subjects distinguished names (RFC 4514), told by their {@code =}, and DNS names; empty
   *     for every subject
   */
  ClientTrust(List<X509Certificate> authorities, List<String> subjects) throws TlsProblem {
    this.authorities = List.copyOf(authorities);
    this.verifier = verifier(authorities);
    this.names =
        subjects.stream()
            .filter(ClientTrust::isDistinguishedName)
            .map(X500Principal::new)
            .collect(Collectors.toUnmodifiableSet());
    this.dnsNames =
        subjects.stream()
            .filter(subject -> !isDistinguishedName(subject))
            .map(subject -> subject.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isDistinguishedName(String subject) {
    return subject.contains("=");
  }

  static X509TrustManager verifier(List<X509Certificate> authorities) throws TlsProblem {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(Integer.toString(i), authorities.get(i));
      }
      var factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsProblem("authorities: refused by the JDK: " + e.getMessage());
    }
  }

  List<X509Certificate> authorities() {
    return authorities;
  }

  @Override
  public Fit fit(List<X509Certificate> chain) {
    try {
      verifier.checkClientTrusted(
          chain.toArray(X509Certificate[]::new), chain.getFirst().getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      return Fit.UNTRUSTED;
    }
    return isWanted(chain.getFirst()) ? Fit.GOOD : Fit.ANOTHER_SUBJECT;
  }

  private boolean isWanted(X509Certificate certificate) {
    if (names.isEmpty() && dnsNames.isEmpty()) {
      return true;
    }
    if (names.contains(certificate.getSubjectX500Principal())) {
      return true;
    }
    try {
      return ServerNames.of(certificate).dnsNames().stream().anyMatch(dnsNames::contains);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
