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
    boolean forwardAuthorization = spec.flag(EndpointFields.FORWARD_AUTHORIZATION);
    Cors cors = cors(forwardAuthorization);
    RateLimit rateLimit = rateLimit();
    long maxRequestBytes =
        spec.whole(EndpointFields.MAX_REQUEST_BYTES, 0, "a whole number of bytes, 1 or more");
    return new Access(
        authentication, certificates, forwardAuthorization, cors, rateLimit, maxRequestBytes);
  }

  // ---- pages and rates

  private @Nullable Cors cors(boolean forwardAuthorization) {
    Fields fields = spec.section(EndpointFields.CORS);
    if (fields == null) {
      return null;
    }
    List<String> origins =
        fields.texts(EndpointFields.ORIGINS, "*, or SCHEME://HOST[:PORT] in lower case");
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
    List<String> methods = fields.texts(EndpointFields.METHODS, "a method in upper case");
    List<String> headers = fields.texts(EndpointFields.HEADERS, "the name of a header field");
    int age = (int) fields.whole(EndpointFields.MAX_AGE_SECONDS);
    return origins.isEmpty() ? null : new Cors(origins, methods, headers, age);
  }

  private @Nullable RateLimit rateLimit() {
    Fields fields = spec.section(EndpointFields.RATE_LIMIT);
    if (fields == null) {
      return null;
    }
    if (fields.value("requestsPerSecond") == null) {
      fields.missing("requestsPerSecond", "a whole number, 1 to 1000000");
    }
    int rate = (int) fields.whole(EndpointFields.REQUESTS_PER_SECOND, 1);
    int burst = (int) fields.whole(EndpointFields.BURST, rate);
    String per = fields.word(EndpointFields.PER);
    return new RateLimit(
        rate, burst, per.equals("key") ? RateLimit.Per.KEY : RateLimit.Per.ENDPOINT);
  }
}
