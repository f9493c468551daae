package io.fairlead.router.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.Pem;
import io.fairlead.router.auth.TokenAlgorithm;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/** A private key that signs tokens, with the public one that verifies them and its id. */
public final class SigningKey {
  private static final int RSA_BITS = 3072;

  private final TokenAlgorithm algorithm;
  private final PrivateKey key;
  private final JWK publicKey;

  private SigningKey(TokenAlgorithm algorithm, PrivateKey key, @Nullable String id)
      throws GeneralSecurityException {
    this.algorithm = algorithm;
    this.key = key;
    this.publicKey = publicKey(algorithm, key, id);
  }

  /**
   * Makes a key.
   *
   * @param id its {@code kid}; null for its thumbprint (RFC 7638)
   */
  public static SigningKey generate(
      TokenAlgorithm algorithm, @Nullable String id, SecureRandom random) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(
              switch (algorithm) {
                case RS256 -> "RSA";
                case ES256 -> "EC";
                case EDDSA -> "Ed25519";
              });
      switch (algorithm) {
        case RS256 -> generator.initialize(RSA_BITS, random);
        case ES256 -> generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        case EDDSA -> {}
      }
      return new SigningKey(algorithm, generator.generateKeyPair().getPrivate(), id);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  /** Reads a key of PEM, {@code PRIVATE KEY} (PKCS#8), as {@link #pem} and OpenSSL write it. */
  public static SigningKey read(String pem, @Nullable String id) throws KeyProblem {
    byte[] encoded = encoded(pem);
    for (TokenAlgorithm algorithm : TokenAlgorithm.values()) {
      try {
        return new SigningKey(algorithm, privateKey(algorithm, encoded), id);
      } catch (GeneralSecurityException | ClassCastException | IllegalArgumentException e) {
        // of another algorithm, perhaps
      }
    }
    throw new KeyProblem(
        "no key that can be used (expected: RSA of 2048 bits or more, EC of P-256, or Ed25519)");
  }

  private static byte[] encoded(String pem) throws KeyProblem {
    try (var reader = new PemReader(new StringReader(pem))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        if (block.getType().equals("PRIVATE KEY")) {
          return block.getContent();
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new KeyProblem("malformed (expected: PEM)");
    }
    throw new KeyProblem("no private key (expected: PEM, BEGIN PRIVATE KEY)");
  }

  private static PrivateKey privateKey(TokenAlgorithm algorithm, byte[] encoded)
      throws GeneralSecurityException {
    String name =
        switch (algorithm) {
          case RS256 -> "RSA";
          case ES256 -> "EC";
          case EDDSA -> "Ed25519";
        };
    return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static JWK publicKey(TokenAlgorithm algorithm, PrivateKey key, @Nullable String id)
      throws GeneralSecurityException {
    JWK bare =
        switch (algorithm) {
          case RS256 -> rsa((RSAPrivateCrtKey) key);
          case ES256 -> ec((ECPrivateKey) key);
          case EDDSA -> ed25519((EdECPrivateKey) key);
        };
    try {
      String kid = id == null ? bare.computeThumbprint().toString() : id;
      Map<String, Object> json = new LinkedHashMap<>(bare.toJSONObject());
      json.put("kid", kid);
      json.put("use", "sig");
      json.put("alg", algorithm.text());
      return JWK.parse(json);
    } catch (JOSEException | java.text.ParseException e) {
      throw new IllegalStateException("a key of our own is a JWK", e);
    }
  }

  private static JWK rsa(RSAPrivateCrtKey key) throws GeneralSecurityException {
    if (key.getModulus().bitLength() < 2048) {
      throw new IllegalArgumentException("weak");
    }
    var spec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
    return new RSAKey.Builder((RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec))
        .build();
  }

  /** The JDK has no way from the private number to the public point. */
  private static JWK ec(ECPrivateKey key) throws GeneralSecurityException {
    X9ECParameters curve = ECNamedCurveTable.getByName("P-256");
    if (!curve.getN().equals(key.getParams().getOrder())) {
      throw new IllegalArgumentException("another curve");
    }
    var point = curve.getG().multiply(key.getS()).normalize();
    var spec =
        new ECPublicKeySpec(
            new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger()),
            key.getParams());
    return new ECKey.Builder(
            Curve.P_256, (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(spec))
        .build();
  }

  private static JWK ed25519(EdECPrivateKey key) {
    byte[] seed = key.getBytes().orElseThrow(IllegalArgumentException::new);
    byte[] point = new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
    return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).build();
  }

  /** Returns its {@code kid}. */
  public String id() {
    return publicKey.getKeyID();
  }

  /** Returns what it signs with. */
  public TokenAlgorithm algorithm() {
    return algorithm;
  }

  /** Returns the private key as PEM: a secret. */
  public String pem() {
    return Pem.of(key, KeyForm.PKCS8);
  }

  /** Returns a JWK Set of the public key. */
  public String jwks() {
    return JSONObjectUtils.toJSONString(Map.of("keys", List.of(publicKey.toJSONObject()))) + "\n";
  }

  /** Returns a token that is good from {@code now} for {@code life}. */
  public String token(String issuer, String audience, String subject, Instant now, Duration life) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", algorithm.text());
    header.put("kid", id());
    header.put("typ", "JWT");
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer);
    claims.put("aud", audience);
    claims.put("sub", subject);
    claims.put("iat", now.getEpochSecond());
    claims.put("exp", now.plus(life).getEpochSecond());
    String signed =
        Base64URL.encode(JSONObjectUtils.toJSONString(header))
            + "."
            + Base64URL.encode(JSONObjectUtils.toJSONString(claims));
    try {
      Signature signature = Signature.getInstance(algorithm.signature());
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64URL.encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that was read can sign", e);
    }
  }

  /** Says which key it is, and nothing of its private part. */
  @Override
  public String toString() {
    return "SigningKey[" + algorithm.text() + " " + id() + "]";
  }
}
