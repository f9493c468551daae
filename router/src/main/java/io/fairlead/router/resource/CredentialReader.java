package io.fairlead.router.resource;

import io.fairlead.router.auth.KeySetReader;
import io.fairlead.router.auth.KeySetReading;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.TokenKeys;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Reads what a caller must show: a key, a token, a certificate. */
final class CredentialReader {
  private static final String KEY_SHAPE =
      "16 to 512 letters, digits or -._~+/, perhaps = at the end (RFC 6750)";

  private final Fields spec;
  private final String namespace;
  private final Secrets secrets;

  CredentialReader(Fields spec, String namespace, Secrets secrets) {
    this.spec = spec;
    this.namespace = namespace;
    this.secrets = secrets;
  }

  /** Returns the credential; what is wrong with it has become a finding. */
  Authentication authentication(@Nullable String endpoint) {
    if (spec.value("authMode") == null) {
      return keys();
    }
    List<String> modes = EndpointFields.AUTH_MODE.words();
    String mode = spec.text("authMode", modes::contains, Findings.either(modes));
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
    Fields reference = spec.section(EndpointFields.AUTH_SECRET_REF);
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
        unsound(reference, wanted.get(i) + ": not shown (expected: " + KEY_SHAPE + ")");
      }
    }
    return digests.isEmpty() ? new Authentication.Anyone() : new Authentication.Keys(digests);
  }

  private Authentication token(AuthMode mode, @Nullable String endpoint) {
    Fields token = spec.section(EndpointFields.TOKEN);
    if (token == null) {
      if (spec.value("token") == null) {
        spec.missing("token", "{issuer: ..., jwks: ...} for authMode " + mode.text());
      }
      return new Authentication.Anyone();
    }
    Predicate<String> sound = mode == AuthMode.AAD_TOKEN ? CredentialReader::isHttps : text -> true;
    String issuer =
        token.requiredText(
            EndpointFields.ISSUER,
            sound,
            mode == AuthMode.AAD_TOKEN ? "the https URL of the issuer" : "a text");
    String audience = token.text(EndpointFields.AUDIENCE, text -> true, "a text");
    TokenKeys keys = tokenKeys(token, mode);
    return issuer == null || keys == null || endpoint == null
        ? new Authentication.Anyone()
        : new Authentication.Token(mode, issuer, audience == null ? endpoint : audience, keys);
  }

  private @Nullable TokenKeys tokenKeys(Fields token, AuthMode mode) {
    Fields jwks = token.section(EndpointFields.JWKS);
    if (jwks == null) {
      if (token.value("jwks") == null && mode != AuthMode.AAD_TOKEN) {
        token.missing("jwks", "one of url, secretRef and file");
      }
      return mode == AuthMode.AAD_TOKEN ? new TokenKeys.Discovered() : null;
    }
    if (!jwks.isOneOf("url", "secretRef", "file")) {
      return null;
    }
    Fields reference = jwks.section(EndpointFields.JWKS_SECRET_REF);
    if (reference != null) {
      List<String> set = secrets.require(reference, namespace, List.of("jwks.json"));
      return set == null ? null : inline(reference, set.getFirst());
    }
    String url =
        jwks.text(EndpointFields.JWKS_URL, CredentialReader::isHttp, "an http or https URL");
    String file = jwks.text(EndpointFields.JWKS_FILE, text -> true, "a path");
    return url != null
        ? new TokenKeys.Url(URI.create(url))
        : file != null ? new TokenKeys.File(file) : null;
  }

  private static @Nullable TokenKeys inline(Fields reference, String json) {
    return switch (KeySetReader.read(json)) {
      case KeySetReading.Accepted _ -> new TokenKeys.Inline(json);
      case KeySetReading.Refused refused -> {
        unsound(reference, "jwks.json: " + refused.reason());
        yield null;
      }
    };
  }

  /** Says what is wrong with what a Secret holds, without a word of it. */
  private static void unsound(Fields reference, String what) {
    reference.findings().addOfSecret(reference.at("name"), reference.path("name") + ": " + what);
  }

  /** Returns the certificate that is asked for; null if none is, or it is a finding. */
  @Nullable ClientCertificates clientCertificates() {
    Fields fields = spec.section(EndpointFields.CLIENT_CERTIFICATE);
    if (fields == null) {
      return null;
    }
    List<String> subjects =
        fields.texts(
            EndpointFields.SUBJECTS,
            CredentialReader::isSubject,
            "a DNS name, or a distinguished name (RFC 4514) such as CN=alice,O=Example");
    if (!fields.isOneOf("caSecretRef", "caFile")) {
      return null;
    }
    Fields reference = fields.section(EndpointFields.CA_SECRET_REF);
    if (reference != null) {
      List<String> ca = secrets.require(reference, namespace, List.of("ca.crt"));
      if (ca != null && !areCertificates(ca.getFirst())) {
        unsound(reference, "ca.crt: not shown (expected: certificates, PEM)");
        return null;
      }
      return ca == null ? null : new ClientCertificates(ca.getFirst(), null, subjects);
    }
    String file = fields.text(EndpointFields.CA_FILE, text -> true, "a path");
    return file == null ? null : new ClientCertificates(null, file, subjects);
  }

  // ---- shapes

  private static boolean isSubject(String text) {
    if (!text.contains("=")) {
      return text.length() <= 253
          && text.matches(
              "([a-zA-Z0-9_]([-a-zA-Z0-9_]*[a-zA-Z0-9_])?\\.)*"
                  + "[a-zA-Z0-9_]([-a-zA-Z0-9_]*[a-zA-Z0-9_])?");
    }
    try {
      return !new X500Principal(text).getName().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean areCertificates(String pem) {
    try {
      var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1));
      return !CertificateFactory.getInstance("X.509").generateCertificates(bytes).isEmpty();
    } catch (CertificateException e) {
      return false;
    }
  }

  private static boolean isHttps(String text) {
    return text.startsWith("https://") && isHttp(text);
  }

  private static boolean isHttp(String text) {
    return EndpointReader.isUrl(text);
  }
}
