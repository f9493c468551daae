package io.fairlead.router.resource;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.Cors;
import io.fairlead.router.model.RateLimit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads who may call an endpoint. */
final class AccessReader {
  private final Fields spec;
  private final CredentialReader credentials;

  AccessReader(Fields spec, String namespace, Secrets secrets) {
    this.spec = spec;
    this.credentials = new CredentialReader(spec, namespace, secrets);
  }

  /**
   * Reads all of it; what is wrong has become a finding, and nothing of the result is used then.
   */
  Access read(@Nullable String endpoint) {
    Authentication authentication = credentials.authentication(endpoint);
    ClientCertificates certificates = credentials.clientCertificates();
    boolean forwardAuthorization = spec.flag("forwardAuthorization", false);
    Cors cors = cors(forwardAuthorization);
    RateLimit rateLimit = rateLimit();
    long maxRequestBytes =
        spec.whole("maxRequestBytes", 0, 1, Long.MAX_VALUE, "a whole number of bytes, 1 or more");
    return new Access(
        authentication, certificates, forwardAuthorization, cors, rateLimit, maxRequestBytes);
  }

  // ---- pages and rates

  private @Nullable Cors cors(boolean forwardAuthorization) {
    Fields fields =
        spec.section("cors", List.of("origins", "methods", "headers", "maxAgeSeconds"), List.of());
    if (fields == null) {
      return null;
    }
    List<String> origins =
        fields.texts("origins", AccessReader::isOrigin, "*, or SCHEME://HOST[:PORT] in lower case");
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
        fields.texts("methods", text -> text.matches("[A-Z]{1,20}"), "a method in upper case");
    List<String> headers =
        fields.texts("headers", AccessReader::isToken, "the name of a header field");
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

  private static boolean isOrigin(String text) {
    return text.equals(Cors.ANY)
        || text.matches("https?://([-.a-z0-9]{1,253}|\\[[0-9a-f:.]{2,45}])(:[0-9]{1,5})?");
  }

  static boolean isToken(String text) {
    return text.matches("[-!#$%&'*+.^_`|~0-9A-Za-z]{1,100}");
  }
}
