package io.fairlead.certs;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/** The kinds of key a development certificate may have, and how each signs. */
public enum KeyType {
  /** The NIST curve P-256: what a router should have, an order of magnitude faster than RSA. */
  EC("EC", "SHA256withECDSA", new ECGenParameterSpec("secp256r1")),
  RSA_2048("RSA", "SHA256withRSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)),
  RSA_3072("RSA", "SHA256withRSA", new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4));

  private final String algorithm;
  private final String signature;

  @SuppressWarnings("ImmutableEnumChecker") // both specifications are immutable, unmarked
  private final AlgorithmParameterSpec parameters;

  KeyType(String algorithm, String signature, AlgorithmParameterSpec parameters) {
    this.algorithm = algorithm;
    this.signature = signature;
    this.parameters = parameters;
  }

  KeyPair generate(SecureRandom random) {
    try {
      var generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(parameters, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  String signature() {
    return signature;
  }
}
