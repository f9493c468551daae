package io.fairlead.router.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JWK Set (RFC 7517) from wherever, as if it were hostile: what can be used of it is taken
 * key by key, and what cannot is named with its reason and without what it holds.
 */
public final class KeySetReader {
  /** Longest set in characters. */
  public static final int MAX_LENGTH = 256 * 1024;

  private static final int MAX_KEYS = 100;
  private static final int MAX_ID = 256;
  private static final Set<String> PUBLIC_PARTS = Set.of("kty", "crv", "n", "e", "x", "y");

  /** RFC 8410 4: what stands before the 32 bytes of an Ed25519 key in its X.509 form. */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final List<TokenKey> keys = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();

  private KeySetReader() {}

  /** Reads the JSON of a set. */
  public static KeySetReading read(String json) {
    if (json.length() > MAX_LENGTH) {
      return refused(json.length() + " characters", "at most " + MAX_LENGTH);
    }
    Map<String, Object> set;
    try {
      set = JSONObjectUtils.parse(json);
    } catch (ParseException e) {
      return refused("no JSON object", "a JWK Set (RFC 7517)");
    }
    if (set == null || !(set.get("keys") instanceof List<?> members)) {
      return refused("no list of keys", "a JWK Set (RFC 7517): {\"keys\": [...]}");
    }
    if (members.size() > MAX_KEYS) {
      return refused(members.size() + " keys", "at most " + MAX_KEYS);
    }
    return new KeySetReader().readKeys(members);
  }

  private static KeySetReading.Refused refused(String found, String expected) {
    return new KeySetReading.Refused(found + " (expected: " + expected + ")");
  }

  private KeySetReading readKeys(List<?> members) {
    for (int i = 0; i < members.size(); i++) {
      try {
        keys.add(key(members.get(i)));
      } catch (Unusable e) {
        ignored.add("keys[" + i + "]" + idOf(members.get(i)) + ": " + e.getMessage());
      }
    }
    dropAmbiguous();
    if (keys.isEmpty()) {
      String why = ignored.isEmpty() ? "" : "; " + String.join("; ", ignored);
      return refused("no key that can be used" + why, "at least one of RS256, ES256 or EdDSA");
    }
    return new KeySetReading.Accepted(new KeySet(keys), ignored);
  }

  /** RFC 7517 4.5: keys of one id may differ in type. Else nobody knows which one is meant. */
  private void dropAmbiguous() {
    for (TokenKey one : List.copyOf(keys)) {
      String id = one.id();
      if (id != null && keys.stream().filter(key -> key.isFor(id, one.algorithm())).count() > 1) {
        keys.removeIf(key -> key.isFor(id, one.algorithm()));
        ignored.add(
            "keys of kid " + id + ": several " + one.algorithm().text() + " (expected: one)");
      }
    }
  }

  private static String idOf(@Nullable Object member) {
    return member instanceof Map<?, ?> key && isId(key.get("kid")) ? " kid " + key.get("kid") : "";
  }

  private static boolean isId(@Nullable Object kid) {
    return kid instanceof String id
        && id.length() <= MAX_ID
        && id.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static TokenKey key(@Nullable Object member) throws Unusable {
    if (!(member instanceof Map<?, ?> jwk)) {
      throw new Unusable("no JSON object (expected: a JWK)");
    }
    Object kid = jwk.get("kid");
    if (kid != null && !isId(kid)) {
      throw new Unusable("kid (expected: at most " + MAX_ID + " characters of ASCII)");
    }
    if (jwk.containsKey("k") || "oct".equals(jwk.get("kty"))) {
      throw new Unusable("a symmetric key (expected: a public key)");
    }
    if (jwk.containsKey("d") || jwk.containsKey("p") || jwk.containsKey("q")) {
      throw new Unusable("a private key, which is none any more (expected: a public key)");
    }
    if (jwk.get("use") != null && !"sig".equals(jwk.get("use"))) {
      throw new Unusable("not for signatures (expected: use sig, or none)");
    }
    if (jwk.get("key_ops") != null
        && !(jwk.get("key_ops") instanceof List<?> operations && operations.contains("verify"))) {
      throw new Unusable("not to verify with (expected: key_ops with verify, or none)");
    }
    TokenAlgorithm algorithm = algorithm(jwk);
    if (jwk.get("alg") != null && !algorithm.text().equals(jwk.get("alg"))) {
      throw new Unusable("for another algorithm (expected: alg " + algorithm.text() + ", or none)");
    }
    return new TokenKey((String) kid, algorithm, publicKey(algorithm, jwk));
  }

  private static TokenAlgorithm algorithm(Map<?, ?> jwk) throws Unusable {
    Object type = jwk.get("kty");
    String curve = "RSA".equals(type) ? "" : " " + jwk.get("crv");
    return switch (type + curve) {
      case "RSA" -> TokenAlgorithm.RS256;
      case "EC P-256" -> TokenAlgorithm.ES256;
      case "OKP Ed25519" -> TokenAlgorithm.EDDSA;
      default ->
          throw new Unusable("another type of key (expected: RSA, EC of P-256 or OKP of Ed25519)");
    };
  }

  private static PublicKey publicKey(TokenAlgorithm algorithm, Map<?, ?> jwk) throws Unusable {
    try {
      return switch (algorithm) {
        case RS256 -> checked(RSAKey.parse(publicParts(jwk)).toRSAPublicKey());
        case ES256 -> ECKey.parse(publicParts(jwk)).toECPublicKey(); // checks: it is on the curve
        case EDDSA -> ed25519(jwk.get("x"));
      };
    } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
      throw new Unusable("malformed (expected: a public key of kty " + jwk.get("kty") + ")");
    }
  }

  /** What else a JWK may have, such as certificates, is nothing to parse here. */
  private static Map<String, Object> publicParts(Map<?, ?> jwk) {
    Map<String, Object> parts = new HashMap<>();
    for (String part : PUBLIC_PARTS) {
      if (jwk.get(part) instanceof String text) {
        parts.put(part, text);
      }
    }
    return parts;
  }

  /** An exponent or a modulus without end would make each verification a slow one. */
  private static RSAPublicKey checked(RSAPublicKey key) throws Unusable {
    int bits = key.getModulus().bitLength();
    if (bits < 2048 || bits > 8192) {
      throw new Unusable("an RSA key of " + bits + " bits (expected: 2048 to 8192)");
    }
    BigInteger exponent = key.getPublicExponent();
    if (exponent.bitLength() > 32 || exponent.bitLength() < 2 || !exponent.testBit(0)) {
      throw new Unusable("an RSA key with a strange exponent (expected: 65537)");
    }
    return key;
  }

  private static PublicKey ed25519(@Nullable Object x) throws GeneralSecurityException {
    byte[] point = Base64.getUrlDecoder().decode((String) Objects.requireNonNull(x));
    if (point.length != 32) {
      throw new IllegalArgumentException("x: " + point.length + " bytes (expected: 32)");
    }
    byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + 32);
    System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, 32);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Why a key is left out. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message, null, false, false);
    }
  }
}
