package io.fairlead.router.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads the one private key of a PEM file, in any of the forms in use: PKCS#8 (RFC 5958), PKCS#1
 * (RFC 8017 A.1.2) and SEC1 (RFC 5915). The JDK reads the first; the others are wrapped into it.
 */
final class PemKey {
  private static final String EXPECTED =
      "(expected: PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY)";

  private PemKey() {}

  static PrivateKey read(PemFile file) throws TlsProblem {
    var blocks = file.blocks();
    var keys = blocks.stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw file.problem(
          keys.isEmpty()
              ? "no private key, only " + labels(blocks) + " " + EXPECTED
              : keys.size() + " private keys (expected: one)");
    }
    var key = keys.getFirst();
    if (key.encrypted() || key.label().equals("ENCRYPTED PRIVATE KEY")) {
      throw file.problem("has a passphrase (expected: a key without one)");
    }
    try {
      return checked(file, decode(file, key, blocks));
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      // A parser's message may quote what it read; a key must not end in a log.
      throw file.problem("line %d: no valid %s".formatted(key.line(), key.label()));
    }
  }

  private static PrivateKey decode(PemFile file, PemBlock key, List<PemBlock> blocks)
      throws TlsProblem, GeneralSecurityException, IOException {
    var info =
        switch (key.label()) {
          case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(key.content());
          case "RSA PRIVATE KEY" ->
              new PrivateKeyInfo(
                  new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                  RSAPrivateKey.getInstance(key.content()));
          case "EC PRIVATE KEY" -> {
            var ec = ECPrivateKey.getInstance(key.content());
            yield new PrivateKeyInfo(
                new AlgorithmIdentifier(
                    X9ObjectIdentifiers.id_ecPublicKey, curve(file, ec, blocks)),
                ec);
          }
          default -> throw file.problem(key.label() + " " + EXPECTED);
        };
    var oid = info.getPrivateKeyAlgorithm().getAlgorithm();
    var factory =
        oid.equals(PKCSObjectIdentifiers.rsaEncryption)
            ? KeyFactory.getInstance("RSA")
            : oid.equals(X9ObjectIdentifiers.id_ecPublicKey) ? KeyFactory.getInstance("EC") : null;
    if (factory == null) {
      throw file.problem("a key of algorithm " + oid + " (expected: RSA or EC)");
    }
    return factory.generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
  }

  /** The curve is named in the key, or in a block of its own before it, or both. */
  private static ASN1Object curve(PemFile file, ECPrivateKey key, List<PemBlock> blocks)
      throws TlsProblem, IOException {
    if (key.getParametersObject() != null) {
      return key.getParametersObject();
    }
    for (PemBlock block : blocks) {
      if (block.label().equals("EC PARAMETERS")) {
        return ASN1Primitive.fromByteArray(block.content());
      }
    }
    throw file.problem("EC PRIVATE KEY without a curve (expected: EC PARAMETERS before it)");
  }

  private static PrivateKey checked(PemFile file, PrivateKey key) throws TlsProblem {
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < 2048) {
      throw file.problem(
          "an RSA key of " + rsa.getModulus().bitLength() + " bits (expected: 2048 or more)");
    }
    if (key instanceof ECKey ec && ec.getParams().getCurve().getField().getFieldSize() < 256) {
      throw file.problem("a weak curve (expected: P-256, P-384 or P-521)");
    }
    return key;
  }

  static String labels(List<PemBlock> blocks) {
    return blocks.stream().map(PemBlock::label).distinct().collect(Collectors.joining(", "));
  }
}
