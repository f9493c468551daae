package io.fairlead.certs;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority that lives in memory: its key is never written anywhere, so what it
 * issued is all it will ever issue. Certificates follow RFC 5280.
 */
public final class Authority {
  private final KeyType keyType;
  private final KeyPair keys;
  private final List<X509Certificate> chain;
  private final SecureRandom random;

  private Authority(
      KeyType keyType, KeyPair keys, List<X509Certificate> chain, SecureRandom random) {
    this.keyType = keyType;
    this.keys = keys;
    this.chain = List.copyOf(chain);
    this.random = random;
  }

  /** Makes a root authority of the given common name. */
  public static Authority create(
      String name, KeyType keyType, Validity validity, SecureRandom random) {
    var keys = keyType.generate(random);
    var self = new Authority(keyType, keys, List.of(), random);
    return new Authority(
        keyType, keys, List.of(self.certifyAuthority(name, keys, validity)), random);
  }

  /** Makes an authority under this one. */
  public Authority intermediate(String name, Validity validity) {
    var below = keyType.generate(random);
    return new Authority(
        keyType, below, followedByChain(certifyAuthority(name, below, validity)), random);
  }

  /** Makes a key and a certificate for it. */
  public Certified issue(Leaf leaf) {
    var leafKeys = leaf.keyType().generate(random);
    var purposes =
        leaf.clientAuth()
            ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}
            : new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
    // No common name: it is limited to 64 characters, and RFC 9525 2 has clients ignore it.
    var certificate =
        sign(
            new X500NameBuilder().addRDN(BCStyle.O, "Fairlead development").build(),
            leafKeys,
            leaf.validity(),
            List.of(
                new Entry(Extension.basicConstraints, true, new BasicConstraints(false)),
                new Entry(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)),
                new Entry(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes)),
                new Entry(
                    Extension.subjectAlternativeName, false, leaf.subjectAlternativeNames())));
    return new Certified(followedByChain(certificate), leafKeys.getPrivate());
  }

  /** The certificate of this authority. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  private X509Certificate certifyAuthority(String name, KeyPair subject, Validity validity) {
    return sign(
        new X500NameBuilder().addRDN(BCStyle.CN, name).build(),
        subject,
        validity,
        List.of(
            new Entry(Extension.basicConstraints, true, new BasicConstraints(true)),
            new Entry(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))));
  }

  private X509Certificate sign(
      X500Name subject, KeyPair subjectKeys, Validity validity, List<Entry> entries) {
    // An authority without a certificate yet is signing its own.
    var issuer = chain.isEmpty() ? subject : issuerName();
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(127, random).setBit(127), // RFC 5280 4.1.2.2: positive, unique
              Date.from(validity.notBefore()),
              Date.from(validity.notAfter()),
              subject,
              subjectKeys.getPublic());
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(subjectKeys.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(keys.getPublic()));
      for (Entry entry : entries) {
        builder.addExtension(entry.id(), entry.critical(), entry.value());
      }
      var signer =
          new JcaContentSignerBuilder(keyType.signature())
              .setSecureRandom(random)
              .build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot sign with a key of our own", e);
    }
  }

  private X500Name issuerName() {
    try {
      return new JcaX509CertificateHolder(certificate()).getSubject();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate of our own is not encodable", e);
    }
  }

  private List<X509Certificate> followedByChain(X509Certificate certificate) {
    var longer = new ArrayList<X509Certificate>();
    longer.add(certificate);
    longer.addAll(chain);
    return longer;
  }

  private record Entry(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}
}
