package io.fairlead.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AuthorityTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Validity A_MONTH = Validity.of(NOW, Duration.ofDays(30));

  private final SecureRandom random = new SecureRandom();

  @ParameterizedTest
  @EnumSource
  void issuesWhatThePathValidatorOfTheJdkAccepts(KeyType type) throws Exception {
    var root = Authority.create("root", type, A_MONTH, random);
    var issued = root.intermediate("below", A_MONTH).issue(leaf(type, A_MONTH));

    assertThat(issued.chain()).hasSize(3);
    assertThat(issued.root()).isEqualTo(root.certificate());
    validate(issued, NOW);
  }

  @Test
  void refusesToValidateOutsideOfTheValidity() throws Exception {
    var issued = authority().issue(leaf(KeyType.EC, A_MONTH));

    assertThatThrownBy(() -> validate(issued, NOW.plus(Duration.ofDays(31))))
        .isInstanceOf(CertPathValidatorException.class)
        .hasMessageContaining("validity check failed");
  }

  @Test
  void makesCertificatesThatHaveExpiredAlready() {
    var issued = authority().issue(leaf(KeyType.EC, Validity.expired(NOW)));

    assertThat(issued.certificate().getNotAfter()).isEqualTo(Date.from(NOW.minusSeconds(3600)));
  }

  @Test
  void saysWhatItIsForInItsExtensions() throws Exception {
    var authority = authority();
    var server = authority.issue(leaf(KeyType.EC, A_MONTH)).certificate();

    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(server.getKeyUsage()).startsWith(true, false, false, false, false, false);
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "localhost"), List.of(2, "*.example.test"), List.of(7, "0:0:0:0:0:0:0:1"));
    assertThat(server.getExtensionValue("2.5.29.14")).isNotNull();
    assertThat(server.getExtensionValue("2.5.29.35")).isNotNull();
    assertThat(authority.certificate().getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(authority.certificate().getKeyUsage()[5]).as("keyCertSign").isTrue();
  }

  @Test
  void mayProveAClientWhenAsked() throws Exception {
    var both = new Leaf(List.of("router-0"), KeyType.EC, A_MONTH, true);

    assertThat(authority().issue(both).certificate().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
  }

  @Test
  void namesWhatIsNoName() {
    assertThatThrownBy(() -> new Leaf(List.of("a_b"), KeyType.EC, A_MONTH, false))
        .hasMessage("name: a_b (expected: a DNS name or an IP address)");
    assertThatThrownBy(() -> new Leaf(List.of(), KeyType.EC, A_MONTH, false))
        .hasMessage("names: none (expected: at least one)");
  }

  private Authority authority() {
    return Authority.create("root", KeyType.EC, A_MONTH, random);
  }

  private static Leaf leaf(KeyType type, Validity validity) {
    return new Leaf(List.of("localhost", "*.example.test", "::1"), type, validity, false);
  }

  private static void validate(Certified issued, Instant at) throws Exception {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", issued.root());
    var parameters = new PKIXParameters(trusted);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    List<X509Certificate> withoutRoot = issued.chain().subList(0, issued.chain().size() - 1);
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(withoutRoot), parameters);
  }
}
