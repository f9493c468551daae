package io.fairlead.router.resource;

import static io.fairlead.router.resource.CommonFields.ANY_TEXT;
import static io.fairlead.router.resource.CommonFields.CONDITIONS;
import static io.fairlead.router.resource.CommonFields.NAME_PATTERN;
import static io.fairlead.router.resource.CommonFields.OBSERVED_GENERATION;
import static io.fairlead.router.resource.CommonFields.reference;
import static io.fairlead.router.resource.CommonFields.told;

import io.fairlead.router.model.AuthMode;
import java.util.Arrays;
import java.util.List;

/** Every field of {@code kind: OnlineEndpoint}. */
public final class EndpointFields {
  private static final String FIELD_NAME = "^[-!#$%&'*+.^_`|~0-9A-Za-z]{1,100}$";
  private static final String URL = "^https?://\\S+$";

  static final Field.Word AUTH_MODE =
      new Field.Word(
          "authMode",
          Arrays.stream(AuthMode.values()).map(AuthMode::text).toList(),
          AuthMode.KEY.text(),
          "What a caller must show.");
  static final Field.Section AUTH_SECRET_REF =
      reference("authSecretRef", "The Secret with primaryKey and secondaryKey, for authMode Key.");

  static final Field.Text ISSUER =
      new Field.Text("issuer", ANY_TEXT, 1, 2048, null, "The iss claim that a token must have.");
  static final Field.Text AUDIENCE =
      new Field.Text(
          "audience",
          ANY_TEXT,
          1,
          2048,
          null,
          "The aud claim that a token must have; by default the name of the endpoint.");
  static final Field.Text JWKS_URL =
      new Field.Text("url", URL, 1, 2048, null, "Where the key set is served.");
  static final Field.Section JWKS_SECRET_REF =
      reference("secretRef", "The Secret with jwks.json, a key set.");
  static final Field.Text JWKS_FILE =
      new Field.Text("file", ANY_TEXT, 1, 4096, null, "A file of the router, with a key set.");
  static final Field.Section JWKS =
      new Field.Section(
          "jwks",
          List.of(JWKS_URL, JWKS_SECRET_REF, JWKS_FILE),
          List.of(),
          List.of(oneOf("url", "secretRef", "file")),
          "Where the public keys come from that tokens are verified with; for AADToken by default"
              + " from the issuer's discovery document.");
  static final Field.Section TOKEN =
      new Field.Section(
          "token",
          List.of(ISSUER, AUDIENCE, JWKS),
          List.of("issuer"),
          List.of(),
          "Whose tokens are good, for authMode AMLToken and AADToken.");

  static final Field.Section CA_SECRET_REF =
      reference("caSecretRef", "The Secret with ca.crt, certificates of authorities.");
  static final Field.Text CA_FILE =
      new Field.Text(
          "caFile",
          ANY_TEXT,
          1,
          4096,
          null,
          "A file of the router, with certificates of authorities.");
  static final Field.Texts SUBJECTS =
      new Field.Texts(
          "subjects",
          new Field.Text("subject", ANY_TEXT, 1, 1024, null, "A name."),
          100,
          "Whose certificates are good: DNS names or distinguished names (RFC 4514); by default"
              + " everybody's that the authorities vouch for.");
  static final Field.Section CLIENT_CERTIFICATE =
      new Field.Section(
          "clientCertificate",
          List.of(CA_SECRET_REF, CA_FILE, SUBJECTS),
          List.of(),
          List.of(oneOf("caSecretRef", "caFile")),
          "Asks for a TLS certificate of the caller as well.");

  static final Field.Shares TRAFFIC =
      new Field.Shares(
          "traffic",
          0,
          100,
          100,
          List.of(
              new Field.Rule(
                  "self.map(name, self[name]).sum() in [0, 100]",
                  "the sum of the percentages must be 0 or 100"),
              names()),
          "Percent of the requests by deployment; they add up to 0 or to 100.");
  static final Field.Shares MIRROR_TRAFFIC =
      new Field.Shares(
          "mirrorTraffic",
          1,
          50,
          1,
          List.of(names()),
          "Percent of the requests that are copied to one other deployment, whose answers are"
              + " dropped.");
  static final Field.Text STICKY_HEADER =
      new Field.Text(
          "stickyHeader",
          FIELD_NAME,
          1,
          100,
          null,
          "The request header whose value decides the deployment; by default chance does.");
  static final Field.Texts ALLOWED_PATHS =
      new Field.Texts(
          "allowedPaths",
          new Field.Text("prefix", "^/[!-\"$&-:<->@-\\[\\]-~]*$", 1, 1024, null, "A prefix."),
          100,
          "Prefixes of paths that are passed to the model beside score and swagger.json.");
  static final Field.Flag WEB_SOCKET =
      new Field.Flag("webSocket", "Whether callers may switch to WebSocket.");
  static final Field.Flag FORWARD_AUTHORIZATION =
      new Field.Flag("forwardAuthorization", "Whether the model sees the caller's credential.");

  static final Field.Texts ORIGINS =
      new Field.Texts(
          "origins",
          new Field.Text(
              "origin",
              "^(\\*|https?://([-.a-z0-9]{1,253}|\\[[0-9a-f:.]{2,45}\\])(:[0-9]{1,5})?)$",
              1,
              300,
              null,
              "An origin."),
          100,
          "Whose pages may call: SCHEME://HOST[:PORT], or * alone for all.");
  static final Field.Texts METHODS =
      new Field.Texts(
          "methods",
          new Field.Text("method", "^[A-Z]{1,20}$", 1, 20, null, "A method."),
          20,
          "Methods that a preflight is told of; by default those of the address.");
  static final Field.Texts HEADERS =
      new Field.Texts(
          "headers",
          new Field.Text("header", FIELD_NAME, 1, 100, null, "A header."),
          100,
          "Headers that a page may send beside those that are always allowed.");
  static final Field.Whole MAX_AGE_SECONDS =
      new Field.Whole(
          "maxAgeSeconds", 600L, 0, 86_400, "How long a browser may keep what it was told.");
  static final Field.Section CORS =
      new Field.Section(
          "cors",
          List.of(ORIGINS, METHODS, HEADERS, MAX_AGE_SECONDS),
          List.of("origins"),
          List.of(
              new Field.Rule(
                  "self.origins.size() > 0 && (!('*' in self.origins) || self.origins.size() == 1)",
                  "origins must be * alone, or at least one origin without *")),
          "Which pages of other origins may call; without it the model says so itself.");

  static final Field.Whole REQUESTS_PER_SECOND =
      new Field.Whole("requestsPerSecond", null, 1, 1_000_000, "At which the bucket fills.");
  static final Field.Whole BURST =
      new Field.Whole(
          "burst",
          null,
          1,
          1_000_000,
          "Requests that an idle bucket holds; by default those of one second.");
  static final Field.Word PER =
      new Field.Word("per", List.of("endpoint", "key"), "endpoint", "Whose bucket it is.");
  static final Field.Section RATE_LIMIT =
      new Field.Section(
          "rateLimit",
          List.of(REQUESTS_PER_SECOND, BURST, PER),
          List.of("requestsPerSecond"),
          List.of(),
          "How many requests each router lets in; by default all.");

  static final Field.Whole MAX_REQUEST_BYTES =
      new Field.Whole(
          "maxRequestBytes",
          null,
          1,
          Long.MAX_VALUE,
          "Largest body of a request; by default what the router's maxRequestBytes says.");
  static final Field.Text PUBLIC_BASE_URL =
      new Field.Text(
          "publicBaseUrl",
          "^https?://[^\\s?#]+$",
          1,
          2048,
          null,
          "What status.scoringUri begins with; by default the router's name or address.");

  /** What an endpoint says. */
  public static final Field.Section SPEC =
      new Field.Section(
          "spec",
          List.of(
              AUTH_MODE,
              AUTH_SECRET_REF,
              TOKEN,
              CLIENT_CERTIFICATE,
              TRAFFIC,
              MIRROR_TRAFFIC,
              STICKY_HEADER,
              ALLOWED_PATHS,
              WEB_SOCKET,
              FORWARD_AUTHORIZATION,
              CORS,
              RATE_LIMIT,
              MAX_REQUEST_BYTES,
              PUBLIC_BASE_URL),
          List.of(),
          List.of(
              new Field.Rule(
                  "self.authMode != 'Key' || has(self.authSecretRef)",
                  "authMode Key needs authSecretRef: {name: SECRET}, with primaryKey and"
                      + " secondaryKey; or say authMode: None"),
              new Field.Rule(
                  "!(self.authMode in ['AMLToken', 'AADToken']) || has(self.token)",
                  "authMode AMLToken and AADToken need token: {issuer: ..., jwks: ...}"),
              new Field.Rule(
                  "self.authMode != 'AMLToken' || !has(self.token) || has(self.token.jwks)",
                  "authMode AMLToken needs token.jwks with one of url, secretRef and file"),
              new Field.Rule(
                  "self.authMode != 'AADToken' || !has(self.token)"
                      + " || self.token.issuer.startsWith('https://')",
                  "authMode AADToken needs the https URL of the issuer as token.issuer"),
              new Field.Rule(
                  "!has(self.mirrorTraffic) || !has(self.traffic) || self.mirrorTraffic.all(name,"
                      + " !(name in self.traffic) || self.traffic[name] == 0)",
                  "mirrorTraffic must name a deployment without live traffic"),
              new Field.Rule(
                  "!has(self.cors) || !self.forwardAuthorization || !('*' in self.cors.origins)",
                  "cors.origins must not be * with forwardAuthorization: true")),
          "Who may call, and which deployment answers.");

  private static final Field.Section OBSERVED_DEPLOYMENT =
      new Field.Section(
          "deployment",
          List.of(
              new Field.Text("name", NAME_PATTERN, 3, 32, null, "Its name."),
              new Field.Whole("readyReplicas", null, 0, 1_000_000, "Those that may get requests."),
              new Field.Whole(
                  "desiredReplicas", null, 0, 1_000_000, "Those that should be there.")),
          List.of("name"),
          List.of(),
          "A deployment of the endpoint.");

  /** What the router says of an endpoint. */
  public static final Field.Section STATUS =
      new Field.Section(
          "status",
          List.of(
              OBSERVED_GENERATION,
              told("scoringUri", 4096, "Where callers send their requests."),
              CONDITIONS,
              new Field.Sections(
                  "deployments",
                  OBSERVED_DEPLOYMENT,
                  "name",
                  200,
                  "Its deployments, as the router sees them.")),
          List.of(),
          List.of(),
          "What the router says of it.");

  /** What the whole resource must fulfil. */
  public static final List<Field.Rule> RULES =
      List.of(
          new Field.Rule(
              "self.metadata.name.size() >= 3 && self.metadata.name.size() <= 32"
                  + " && self.metadata.name.matches('"
                  + NAME_PATTERN
                  + "')",
              "metadata.name must have 3 to 32 letters, digits or '-', start with a letter and not"
                  + " end with '-'"));

  private EndpointFields() {}

  private static Field.Rule names() {
    return new Field.Rule(
        "self.all(name, name.size() >= 3 && name.size() <= 32 && name.matches('"
            + NAME_PATTERN
            + "'))",
        "names of deployments must have 3 to 32 letters, digits or '-', start with a letter and"
            + " not end with '-'");
  }

  private static Field.Rule oneOf(String... keys) {
    String given =
        String.join(
            " + ", Arrays.stream(keys).map(key -> "(has(self." + key + ") ? 1 : 0)").toList());
    return new Field.Rule(
        given + " == 1", "exactly one of " + String.join(", ", keys) + " must be given");
  }
}
