package io.fairlead.router.manifest;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.Cors;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.TokenKeys;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads who may call an endpoint. */
final class AccessReader {
  private static final List<String> MODES =
      Arrays.stream(AuthMode.values()).map(AuthMode::text).toList();

  private static final String KEY_SHAPE =
      "16 to 512 letters, digits or -._~+/, perhaps = at the end (RFC 6750)";

  private final Fields spec;
  private final String namespace;
  private final Secrets secrets;

  AccessReader(Fields spec, String namespace, Secrets secrets) {
    this.spec = spec;
    this.namespace = namespace;
    this.secrets = secrets;
  }

  /**
   * Reads all of it; what is wrong has become a finding, and nothing of the result is used then.
   */
  Access read(@Nullable String endpoint) {
    Authentication authentication = authentication(endpoint);
    ClientCertificates certificates = clientCertificates();
    boolean forwardAuthorization = spec.flag("forwardAuthorization", false);
    Cors cors = cors(forwardAuthorization);
    RateLimit rateLimit = rateLimit();
    long maxRequestBytes =
        spec.whole("maxRequestBytes", 0, 1, Long.MAX_VALUE, "a whole number of bytes, 1 or more");
    return new Access(
        authentication, certificates, forwardAuthorization, cors, rateLimit, maxRequestBytes);
  }

  // ---- credentials

  private Authentication authentication(@Nullable String endpoint) {
    if (spec.value("authMode") == null) {
      return keys();
    }
    String mode = spec.text("authMode", MODES::contains, Findings.either(MODES));
    if (mode == null) {
      return new Authentication.Anyone(); // what else it needs is not known
    }
    return switch (mode) {
      case "Key" -> keys();
      case "AMLToken" -> token(AuthMode.AML_TOKEN, endpoint);
      case "AADToken" -> token(AuthMode.AAD_TOKEN, endpoint);
      default -> new Authentication.Anyone();
    };
  }

  private Authentication keys() {
    Fields reference = spec.section("authSecretRef", List.of("name"), List.of());
    if (reference == null) {
      if (spec.value("authSecretRef") == null) {
        spec.missing(
            "authSecretRef",
            "{name: SECRET} with primaryKey and secondaryKey for authMode Key; or authMode: None");
      }
      return new Authentication.Anyone();
    }
    List<String> wanted = List.of("primaryKey", "secondaryKey");
    List<String> keys = secrets.require(reference, namespace, wanted);
    if (keys == null) {
      return new Authentication.Anyone();
    }
    List<KeyDigest> digests = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i).strip(); // a file that became a Secret often ends with a line break
      if (key.matches("[-._~+/A-Za-z0-9]{16,512}=*") && key.length() <= 512) {
        digests.add(KeyDigest.of(key));
      } else {
        spec.findings()
            .add(
                reference.at("name"),
                "spec.authSecretRef.name: "
                    + wanted.get(i)
                    + ": not shown (expected: "
                    + KEY_SHAPE
                    + ")");
      }
    }
    return digests.isEmpty() ? new Authentication.Anyone() : new Authentication.Keys(digests);
  }

  private Authentication token(AuthMode mode, @Nullable String endpoint) {
    Fields token = spec.section("token", List.of("issuer", "audience", "jwks"), List.of());
    if (token == null) {
      if (spec.value("token") == null) {
        spec.missing("token", "{issuer: ..., jwks: ...} for authMode " + mode.text());
      }
      return new Authentication.Anyone();
    }
    Predicate<String> sound =
        mode == AuthMode.AAD_TOKEN ? AccessReader::isHttps : text -> !text.isBlank();
    String issuer =
        token.requiredText(
            "issuer", sound, mode == AuthMode.AAD_TOKEN ? "the https URL of the issuer" : "a text");
    String audience = token.text("audience", text -> !text.isBlank(), "a text");
    TokenKeys keys = tokenKeys(token, mode);
    return issuer == null || keys == null || endpoint == null
        ? new Authentication.Anyone()
        : new Authentication.Token(mode, issuer, audience == null ? endpoint : audience, keys);
  }

  private @Nullable TokenKeys tokenKeys(Fields token, AuthMode mode) {
    Fields jwks = token.section("jwks", List.of("url", "secretRef", "file"), List.of());
    if (jwks == null) {
      if (token.value("jwks") == null && mode != AuthMode.AAD_TOKEN) {
        token.missing("jwks", "one of url, secretRef and file");
      }
      return mode == AuthMode.AAD_TOKEN ? new TokenKeys.Discovered() : null;
    }
    if (!isOneOf(jwks, "url", "secretRef", "file")) {
      return null;
    }
    Fields reference = jwks.section("secretRef", List.of("name"), List.of());
    if (reference != null) {
      List<String> set = secrets.require(reference, namespace, List.of("jwks.json"));
      return set == null ? null : new TokenKeys.Inline(set.getFirst());
    }
    String url = jwks.text("url", AccessReader::isHttp, "an http or https URL");
    String file = jwks.text("file", text -> !text.isBlank(), "a path");
    return url != null
        ? new TokenKeys.Url(URI.create(url))
        : file != null ? new TokenKeys.File(file) : null;
  }

  private @Nullable ClientCertificates clientCertificates() {
    Fields fields =
        spec.section("clientCertificate", List.of("caSecretRef", "caFile", "subjects"), List.of());
    if (fields == null) {
      return null;
    }
    List<String> subjects =
        texts(fields, "subjects", text -> !text.isBlank(), "a DNS name or a distinguished name");
    if (!isOneOf(fields, "caSecretRef", "caFile")) {
      return null;
    }
    Fields reference = fields.section("caSecretRef", List.of("name"), List.of());
    if (reference != null) {
      List<String> ca = secrets.require(reference, namespace, List.of("ca.crt"));
      return ca == null ? null : new ClientCertificates(ca.getFirst(), null, subjects);
    }
    String file = fields.text("caFile", text -> !text.isBlank(), "a path");
    return file == null ? null : new ClientCertificates(null, file, subjects);
  }

  // ---- pages and rates

  private @Nullable Cors cors(boolean forwardAuthorization) {
    Fields fields =
        spec.section("cors", List.of("origins", "methods", "headers", "maxAgeSeconds"), List.of());
    if (fields == null) {
      return null;
    }
    List<String> origins =
        texts(
            fields, "origins", AccessReader::isOrigin, "*, or SCHEME://HOST[:PORT] in lower case");
    if (fields.value("origins") == null
        || (origins.isEmpty() && fields.items("origins").isEmpty())) {
      fields.missing("origins", "at least one origin, such as [\"https://app.example.com\"]");
    }
    if (origins.contains(Cors.ANY) && origins.size() > 1) {
      fields
          .findings()
          .unexpected(fields.at("origins"), fields.path("origins"), "* alone, or no *");
      return null;
    }
    if (origins.contains(Cors.ANY) && forwardAuthorization) {
      fields
          .findings()
          .add(
              fields.at("origins"),
              fields.path("origins")
                  + ": * with forwardAuthorization: true (expected: the origins that may send"
                  + " credentials)");
    }
    List<String> methods =
        texts(fields, "methods", text -> text.matches("[A-Z]{1,20}"), "a method in upper case");
    List<String> headers =
        texts(fields, "headers", AccessReader::isToken, "the name of a header field");
    int age = (int) fields.whole("maxAgeSeconds", 600, 0, 86_400);
    return origins.isEmpty() ? null : new Cors(origins, methods, headers, age);
  }

  private @Nullable RateLimit rateLimit() {
    Fields fields =
        spec.section("rateLimit", List.of("requestsPerSecond", "burst", "per"), List.of());
    if (fields == null) {
      return null;
    }
    if (fields.value("requestsPerSecond") == null) {
      fields.missing("requestsPerSecond", "a whole number, 1 to 1000000");
    }
    int rate = (int) fields.whole("requestsPerSecond", 1, 1, 1_000_000);
    int burst = (int) fields.whole("burst", rate, 1, 1_000_000);
    String per = fields.word("per", "endpoint", "key");
    return new RateLimit(
        rate, burst, per.equals("key") ? RateLimit.Per.KEY : RateLimit.Per.ENDPOINT);
  }

  // ---- shapes

  /** Returns whether exactly one of {@code keys} is given; else it is a finding. */
  private static boolean isOneOf(Fields fields, String... keys) {
    long given = List.of(keys).stream().filter(key -> fields.value(key) != null).count();
    if (given != 1) {
      fields.wrong(given + " given (expected: exactly one of " + String.join(", ", keys) + ")");
    }
    return given == 1;
  }

  private static List<String> texts(
      Fields fields, String key, Predicate<String> sound, String expected) {
    List<String> texts = new ArrayList<>();
    List<Node> items = fields.items(key);
    for (int i = 0; i < items.size(); i++) {
      String text = Fields.textOf(items.get(i));
      if (text != null && sound.test(text)) {
        texts.add(text);
      } else {
        fields.findings().unexpected(items.get(i), fields.path(key) + "[" + i + "]", expected);
      }
    }
    return texts;
  }

  private static boolean isOrigin(String text) {
    return text.equals(Cors.ANY)
        || text.matches("https?://([-.a-z0-9]{1,253}|\\[[0-9a-f:.]{2,45}])(:[0-9]{1,5})?");
  }

  static boolean isToken(String text) {
    return text.matches("[-!#$%&'*+.^_`|~0-9A-Za-z]{1,100}");
  }

  private static boolean isHttps(String text) {
    return text.startsWith("https://") && isHttp(text);
  }

  private static boolean isHttp(String text) {
    return EndpointReader.isUrl(text);
  }
}
