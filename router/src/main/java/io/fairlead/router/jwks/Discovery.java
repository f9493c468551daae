package io.fairlead.router.jwks;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.util.List;
import java.util.Map;

/** Finds an issuer's keys as OpenID Connect Discovery 1.0 says. */
final class Discovery {
  private static final String PATH = "/.well-known/openid-configuration";

  private Discovery() {}

  /** Returns where the configuration of {@code issuer} is (section 4). */
  static URI configuration(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return URI.create(base + PATH);
  }

  /** Returns what a configuration names as {@code jwks_uri}; it must be the issuer's own (4.3). */
  static URI keys(String configuration, String issuer) throws FetchFailure {
    Map<String, Object> json;
    try {
      json = JSONObjectUtils.parse(configuration);
    } catch (ParseException e) {
      throw new FetchFailure("the issuer's configuration is no JSON object");
    }
    if (json == null || !issuer.equals(json.get("issuer"))) {
      throw new FetchFailure(
          "the configuration is another issuer's (expected: issuer " + issuer + ")");
    }
    List<String> schemes =
        issuer.startsWith("https:") ? List.of("https") : List.of("https", "http");
    try {
      URI uri = new URI(String.valueOf(json.get("jwks_uri")));
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getScheme() != null
          && schemes.contains(uri.getScheme())) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new FetchFailure(
        "the configuration has no good jwks_uri (expected: a URL of "
            + String.join(" or ", schemes)
            + ")");
  }
}
