package io.fairlead.router.config;

import io.fairlead.router.auth.TokenAlgorithm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code token}, which are for the command line alone: no variable and no key of a
 * file shall decide who is let in.
 */
public final class TokenOptions {
  private static final String PLAIN = "1 to 200 visible characters of ASCII, or blanks between";

  static final Option<Path> JWKS_OUT =
      Options.path("jwksOut", "FILE", "a new file", "Where the public key goes, as a JWK Set.");
  static final Option<Path> KEY_OUT =
      Options.path("keyOut", "FILE", "a new file", "Where the private key goes, as PEM.");
  static final Option<TokenAlgorithm> ALG =
      new Option<>(
          "alg",
          "WORD",
          null,
          "ES256, RS256 or EdDSA; default ES256",
          TokenAlgorithm::of,
          "What it signs with.");
  static final Option<String> KID =
      text("kid", "ID", "Id of the key; by default its thumbprint, RFC 7638.");
  static final Option<Path> KEY =
      Options.path("key", "FILE", "a readable file", "The private key, PEM, PKCS#8.");
  static final Option<String> ISSUER = text("issuer", "TEXT", "iss: the endpoint's token.issuer.");
  static final Option<String> AUDIENCE =
      text("audience", "TEXT", "aud: the endpoint's name, or its token.audience.");
  static final Option<String> SUBJECT =
      text("subject", "TEXT", "sub: who calls; \"fairlead-token\" if not given.");
  static final Option<Duration> TTL =
      new Option<>(
          "ttl",
          "TIME",
          null,
          "whole seconds, minutes, hours or days, such as 90s, 15m, 1h or 7d, up to 365d; default"
              + " 1h",
          TokenOptions::time,
          "How long the token is good.");
  static final Option<String> SECRET =
      name("secret", "Makes a Secret of this name with two keys instead.");
  static final Option<String> NAMESPACE = name("namespace", "Its namespace; default if not given.");

  /** What {@code token keygen} takes. */
  public static final List<Option<?>> KEYGEN = List.of(JWKS_OUT, KEY_OUT, ALG, KID);

  /** What {@code token issue} takes. */
  public static final List<Option<?>> ISSUE = List.of(KEY, ISSUER, AUDIENCE, SUBJECT, TTL, KID);

  /** What {@code token key} takes. */
  public static final List<Option<?>> ENDPOINT_KEY = List.of(SECRET, NAMESPACE);

  private final Problems problems = new Problems();
  private final Values values;

  private TokenOptions(Map<String, String> options) {
    values = new Values(Sources.ofOptions(options), problems);
  }

  /** Reads what {@code keygen} needs. */
  public static TokenSettings.Keygen keygen(Map<String, String> options) throws InvalidSettings {
    var read = new TokenOptions(options);
    Path jwksOut = read.newFile(JWKS_OUT);
    Path keyOut = read.newFile(KEY_OUT);
    if (jwksOut != null && jwksOut.equals(keyOut)) {
      read.values.refuse(KEY_OUT, "a file other than that of the public key");
    }
    TokenAlgorithm alg = read.values.find(ALG);
    String kid = read.values.find(KID);
    read.throwProblems();
    return new TokenSettings.Keygen(
        Objects.requireNonNull(jwksOut),
        Objects.requireNonNull(keyOut),
        alg == null ? TokenAlgorithm.ES256 : alg,
        kid);
  }

  /** Reads what {@code issue} needs. */
  public static TokenSettings.Issue issue(Map<String, String> options) throws InvalidSettings {
    var read = new TokenOptions(options);
    Path key = read.required(KEY);
    if (key != null && !(Files.isRegularFile(key) && Files.isReadable(key))) {
      read.values.refuse(KEY, KEY.expected());
    }
    String issuer = read.required(ISSUER);
    String audience = read.required(AUDIENCE);
    String subject = read.values.find(SUBJECT);
    Duration ttl = read.values.find(TTL);
    String kid = read.values.find(KID);
    read.throwProblems();
    return new TokenSettings.Issue(
        Objects.requireNonNull(key),
        kid,
        Objects.requireNonNull(issuer),
        Objects.requireNonNull(audience),
        subject == null ? "fairlead-token" : subject,
        ttl == null ? Duration.ofHours(1) : ttl);
  }

  /** Reads what {@code key} needs. */
  public static TokenSettings.Key key(Map<String, String> options) throws InvalidSettings {
    var read = new TokenOptions(options);
    String secret = read.values.find(SECRET);
    String namespace = read.values.find(NAMESPACE);
    if (read.values.has(NAMESPACE) && !read.values.has(SECRET)) {
      read.values.refuse(SECRET, SECRET.expected() + ", as namespace is given");
    }
    read.throwProblems();
    return new TokenSettings.Key(secret, namespace == null ? "default" : namespace);
  }

  private @Nullable Path newFile(Option<Path> option) {
    Path file = required(option);
    if (file != null && Files.exists(file)) {
      values.refuse(option, option.expected());
    }
    return file;
  }

  private <T> @Nullable T required(Option<T> option) {
    T value = values.find(option);
    if (!values.has(option)) {
      values.refuse(option, option.expected());
    }
    return value;
  }

  private void throwProblems() throws InvalidSettings {
    if (!problems.messages().isEmpty()) {
      throw new InvalidSettings(problems.messages());
    }
  }

  private static Option<String> text(String key, String placeholder, String doc) {
    return new Option<>(
        key,
        placeholder,
        null,
        PLAIN,
        text -> text.matches("[!-~]([ -~]{0,198}[!-~])?") ? text : null,
        doc);
  }

  private static Option<String> name(String key, String doc) {
    return new Option<>(
        key,
        "NAME",
        null,
        "1 to 253 small letters, digits, '-' or '.'",
        text -> text.matches("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?") ? text : null,
        doc);
  }

  private static @Nullable Duration time(String text) {
    if (!text.matches("[1-9][0-9]{0,8}[smhd]")) {
      return null;
    }
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    Duration time =
        switch (text.charAt(text.length() - 1)) {
          case 's' -> Duration.ofSeconds(number);
          case 'm' -> Duration.ofMinutes(number);
          case 'h' -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    return time.compareTo(Duration.ofDays(365)) > 0 ? null : time;
  }
}
