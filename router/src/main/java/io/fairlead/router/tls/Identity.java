package io.fairlead.router.tls;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a server proves itself with: a certificate chain, leaf first, and the leaf's private key. An
 * instance has passed every check that can be made without a client.
 */
public record Identity(List<X509Certificate> chain, PrivateKey key, ServerNames names) {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1"; // RFC 5280 4.2.1.12
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  public Identity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads and checks a pair of PEM files.
   *
   * @throws TlsProblem with every reason that could be found, the file's path in each
   */
  public static Identity load(Path cert, Path key, Instant now) throws TlsProblem {
    return of(PemFile.read(cert), PemFile.read(key), now);
  }

  static Identity of(PemFile cert, PemFile key, Instant now) throws TlsProblem {
    var problems = new ArrayList<String>();
    List<X509Certificate> chain = List.of();
    PrivateKey privateKey = null;
    try {
      chain = certificates(cert);
    } catch (TlsProblem e) {
      problems.addAll(e.lines());
    }
    try {
      privateKey = PemKey.read(key);
    } catch (TlsProblem e) {
      problems.addAll(e.lines());
    }
    if (!problems.isEmpty()) {
      throw new TlsProblem(problems);
    }
    var checkedKey = Objects.requireNonNull(privateKey);
    requireMatch(cert, chain, key, checkedKey);
    requireOrder(cert, chain);
    requireValid(cert, chain, now);
    return new Identity(chain, checkedKey, purpose(cert, chain.getFirst()));
  }

  /** The first moment at which a part of the chain will be out of date. */
  public Instant notAfter() {
    var earliest = Instant.MAX;
    for (X509Certificate certificate : chain) {
      var end = certificate.getNotAfter().toInstant();
      earliest = end.isBefore(earliest) ? end : earliest;
    }
    return earliest;
  }

  /** Says whose it is, and nothing of the key. */
  @Override
  public String toString() {
    return "Identity[" + names + ", notAfter=" + notAfter() + "]";
  }

  /** Returns the certificates of a file, at least one. */
  static List<X509Certificate> certificates(PemFile file) throws TlsProblem {
    var chain = new ArrayList<X509Certificate>();
    var blocks = file.blocks();
    for (PemBlock block : blocks) {
      if (block.label().equals("CERTIFICATE")) {
        chain.add(certificate(file, block));
      }
    }
    if (chain.isEmpty()) {
      throw file.problem(
          "no certificate, only " + PemKey.labels(blocks) + " (expected: CERTIFICATE)");
    }
    return chain;
  }

  private static X509Certificate certificate(PemFile file, PemBlock block) throws TlsProblem {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.content()));
    } catch (CertificateException e) {
      throw file.problem("line %d: no valid CERTIFICATE".formatted(block.line()));
    }
  }

  private static void requireMatch(
      PemFile cert, List<X509Certificate> chain, PemFile key, PrivateKey privateKey)
      throws TlsProblem {
    for (int i = 0; i < chain.size(); i++) {
      if (match(chain.get(i).getPublicKey(), privateKey)) {
        if (i > 0) {
          throw cert.problem(
              "certificate %d is the one of the key (expected: first, each followed by its issuer)"
                  .formatted(i + 1));
        }
        return;
      }
    }
    throw key.problem("does not match the certificate (expected: the key of " + cert.path() + ")");
  }

  private static boolean match(PublicKey publicKey, PrivateKey privateKey) {
    if (!publicKey.getAlgorithm().equals(privateKey.getAlgorithm())) {
      return false;
    }
    try {
      var signature =
          Signature.getInstance(
              publicKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      var probe = new byte[32];
      signature.initSign(privateKey);
      signature.update(probe);
      var signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // a signature of another size or curve
    }
  }

  private static void requireOrder(PemFile cert, List<X509Certificate> chain) throws TlsProblem {
    for (int i = 0; i + 1 < chain.size(); i++) {
      try {
        chain.get(i).verify(chain.get(i + 1).getPublicKey());
      } catch (GeneralSecurityException e) {
        throw cert.problem(
            "certificate %d is not the issuer of certificate %d (expected: each followed by its issuer)"
                .formatted(i + 2, i + 1));
      }
    }
  }

  private static void requireValid(PemFile cert, List<X509Certificate> chain, Instant now)
      throws TlsProblem {
    for (int i = 0; i < chain.size(); i++) {
      var notBefore = chain.get(i).getNotBefore().toInstant();
      var notAfter = chain.get(i).getNotAfter().toInstant();
      if (now.isAfter(notAfter)) {
        throw cert.problem(
            "certificate %d expired at %s (expected: a later time)".formatted(i + 1, notAfter));
      }
      if (now.isBefore(notBefore)) {
        throw cert.problem(
            "certificate %d is not valid before %s (expected: an earlier time)"
                .formatted(i + 1, notBefore));
      }
    }
  }

  private static ServerNames purpose(PemFile cert, X509Certificate leaf) throws TlsProblem {
    try {
      var purposes = leaf.getExtendedKeyUsage();
      if (purposes != null && !purposes.contains(SERVER_AUTH) && !purposes.contains(ANY_PURPOSE)) {
        throw cert.problem(
            "certificate 1 is not for servers (expected: extended key usage serverAuth)");
      }
      return ServerNames.of(leaf);
    } catch (CertificateException e) {
      throw cert.problem("certificate 1 has unreadable extensions");
    }
  }
}
