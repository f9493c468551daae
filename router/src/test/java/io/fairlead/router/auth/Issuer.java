package io.fairlead.router.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A key of an issuer, which signs whatever a test says, right or wrong. */
public final class Issuer {
  public static final String NAME = "https://issuer.example.com/";

  final TokenAlgorithm algorithm;
  final @Nullable String kid;
  private final KeyPair keys;

  public Issuer(TokenAlgorithm algorithm, @Nullable String kid) {
    this.algorithm = algorithm;
    this.kid = kid;
    this.keys = generate(algorithm);
  }

  private static KeyPair generate(TokenAlgorithm algorithm) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(
              switch (algorithm) {
                case RS256 -> "RSA";
                case ES256 -> "EC";
                case EDDSA -> "Ed25519";
              });
      if (algorithm != TokenAlgorithm.EDDSA) {
        generator.initialize(algorithm == TokenAlgorithm.RS256 ? 2048 : 256);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  PublicKey publicKey() {
    return keys.getPublic();
  }

  /** Returns the public key as a member of a set. */
  Map<String, Object> jwk() {
    Map<String, Object> jwk =
        switch (algorithm) {
          case RS256 -> new RSAKey.Builder((RSAPublicKey) keys.getPublic()).build().toJSONObject();
          case ES256 ->
              new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic()).build().toJSONObject();
          case EDDSA -> {
            byte[] encoded = keys.getPublic().getEncoded();
            byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
            yield new LinkedHashMap<>(Map.of("kty", "OKP", "crv", "Ed25519", "x", base64(point)));
          }
        };
    if (kid != null) {
      jwk.put("kid", kid);
    }
    return jwk;
  }

  /** Returns the JSON of a set of the public keys of {@code issuers}. */
  public static String jwks(Issuer... issuers) {
    return JSONObjectUtils.toJSONString(
        Map.of("keys", Arrays.stream(issuers).map(Issuer::jwk).toList()));
  }

  public static KeySet keys(Issuer... issuers) {
    return switch (KeySetReader.read(jwks(issuers))) {
      case KeySetReading.Accepted accepted -> accepted.keys();
      case KeySetReading.Refused refused -> throw new AssertionError(refused.reason());
    };
  }

  /** Returns the usual header. */
  public Map<String, Object> header() {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", algorithm.text());
    header.put("typ", "JWT");
    if (kid != null) {
      header.put("kid", kid);
    }
    return header;
  }

  /** Returns the usual claims. */
  public static Map<String, Object> claims(long expiry) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", NAME);
    claims.put("aud", "echo");
    claims.put("sub", "alice");
    claims.put("exp", expiry);
    return claims;
  }

  /** Returns the usual token. */
  public String token(long expiry) {
    return sign(header(), claims(expiry));
  }

  /** Returns a token with a good signature. */
  public String sign(Map<String, Object> header, Map<String, Object> claims) {
    return sign(JSONObjectUtils.toJSONString(header), JSONObjectUtils.toJSONString(claims));
  }

  /** Returns a token of texts that need not be JSON. */
  String sign(String header, String claims) {
    String signed = base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    try {
      Signature signature = Signature.getInstance(algorithm.signature());
      signature.initSign(keys.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
