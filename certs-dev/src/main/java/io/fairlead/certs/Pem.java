package io.fairlead.certs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** The textual form of certificates and keys, RFC 7468. */
public final class Pem {
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /** The certificates in the order given. */
  public static String of(List<X509Certificate> certificates) {
    var text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(block("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("certificate: not encodable", e);
      }
    }
    return text.toString();
  }

  /** The private key in the given form, which must be one for its algorithm. */
  public static String of(PrivateKey key, KeyForm form) {
    var info = PrivateKeyInfo.getInstance(key.getEncoded());
    try {
      return switch (form) {
        case PKCS8 -> block("PRIVATE KEY", key.getEncoded());
        case PKCS1 -> {
          requireAlgorithm(key, "RSA", form);
          yield block("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
        }
        case SEC1 -> {
          requireAlgorithm(key, "EC", form);
          var curve = info.getPrivateKeyAlgorithm().getParameters().toASN1Primitive();
          yield block("EC PARAMETERS", curve.getEncoded())
              + block("EC PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
        }
      };
    } catch (IOException e) {
      throw new IllegalArgumentException("key: not encodable", e);
    }
  }

  private static void requireAlgorithm(PrivateKey key, String algorithm, KeyForm form) {
    if (!key.getAlgorithm().equals(algorithm)) {
      throw new IllegalArgumentException(
          "key form: %s (expected: PKCS8%s for a key of %s)"
              .formatted(
                  form,
                  key.getAlgorithm().equals("EC") ? " or SEC1" : " or PKCS1",
                  key.getAlgorithm()));
    }
  }

  private static String block(String label, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, LINES.encodeToString(content), label);
  }
}
