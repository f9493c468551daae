package io.fairlead.router.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads the one private key of a PEM file, in any of the forms in use: PKCS#8 (RFC 5958), PKCS#1
 * (RFC 8017 A.1.2) and SEC1 (RFC 5915). The JDK reads the first; the others are wrapped into it.
 *
 * <p>No library for ASN.1 here: that of Bouncy Castle is a signed jar, whose check costs a start
 * 0.1 s, and whose classes no AOT cache takes.
 */
final class PemKey {
  private static final Der RSA = algorithm("2a864886f70d010101"); // RFC 8017 A.1
  private static final Der EC = algorithm("2a8648ce3d0201"); // RFC 5480 2.1.1
  private static final int PARAMETERS = 0xA0; // RFC 5915 3
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
    } catch (GeneralSecurityException | RuntimeException e) {
      // A parser's message may quote what it read; a key must not end in a log.
      throw file.problem("line %d: no valid %s".formatted(key.line(), key.label()));
    }
  }

  private static PrivateKey decode(PemFile file, PemBlock key, List<PemBlock> blocks)
      throws TlsProblem, GeneralSecurityException {
    var content = Der.read(key.content());
    var info =
        switch (key.label()) {
          case "PRIVATE KEY" -> content;
          case "RSA PRIVATE KEY" -> wrap(RSA, Der.of(Der.NULL, new byte[0]), content);
          case "EC PRIVATE KEY" -> wrap(EC, curve(file, content, blocks), content);
          default -> throw file.problem(key.label() + " " + EXPECTED);
        };
    var oid = info.part(1, Der.SEQUENCE).part(0, Der.OBJECT_IDENTIFIER).dotted();
    var factory =
        oid.equals(RSA.dotted())
            ? KeyFactory.getInstance("RSA")
            : oid.equals(EC.dotted()) ? KeyFactory.getInstance("EC") : null;
    if (factory == null) {
      throw file.problem("a key of algorithm " + oid + " (expected: RSA or EC)");
    }
    return factory.generatePrivate(new PKCS8EncodedKeySpec(info.encoded()));
  }

  private static Der algorithm(String hex) {
    return Der.of(Der.OBJECT_IDENTIFIER, HexFormat.of().parseHex(hex));
  }

  /** Makes the PKCS#8 form, RFC 5958 2. */
  private static Der wrap(Der algorithm, Der parameters, Der key) {
    return Der.sequence(
        Der.of(Der.INTEGER, new byte[1]),
        Der.sequence(algorithm, parameters),
        Der.of(Der.OCTET_STRING, key.encoded()));
  }

  /** The curve is named in the key, or in a block of its own before it, or both. */
  private static Der curve(PemFile file, Der key, List<PemBlock> blocks) throws TlsProblem {
    for (Der part : key.parts()) {
      if (part.tag() == PARAMETERS) {
        return part.parts().getFirst();
      }
    }
    for (PemBlock block : blocks) {
      if (block.label().equals("EC PARAMETERS")) {
        return Der.read(block.content());
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
