package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.Cors;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.KeyDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What browsers are told of which pages may call, over both versions of HTTP. */
class CorsTest {
  private static final String APP = "https://app.example.com";
  private static final String SWAGGER = "/api/v1/endpoint/echo/swagger.json";
  private static final String ALLOWED = "access-control-allow-origin";

  @RegisterExtension final Stage stage = new Stage();

  private void allow(String... origins) {
    stage.setup.endpoint(
        old ->
            old.with(
                access(old, new Cors(List.of(origins), List.of(), List.of("x-tenant"), 3600))));
  }

  private static Access access(Endpoint endpoint, Cors cors) {
    Access old = endpoint.access();
    return new Access(
        old.authentication(),
        old.clientCertificates(),
        old.forwardAuthorization(),
        cors,
        old.rateLimit(),
        old.maxRequestBytes());
  }

  private Asker connect(Asker.Version version) throws Exception {
    return version.connect(stage.port());
  }

  /** As Chrome 140 sends it. */
  @Test
  void answersThePreflightOfAPageItself() throws Exception {
    allow(APP);
    var replica = stage.replica();
    stage.start(replica);
    Answer answer =
        stage
            .caller()
            .call(
                sent(
                    """
                    OPTIONS /api/v1/endpoint/echo/score HTTP/1.1
                    Host: models.test
                    Connection: keep-alive
                    Accept: */*
                    Access-Control-Request-Method: POST
                    Access-Control-Request-Headers: authorization,content-type
                    Origin: https://app.example.com
                    Sec-Fetch-Mode: cors
                    Sec-Fetch-Site: cross-site
                    Sec-Fetch-Dest: empty
                    Referer: https://app.example.com/
                    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like \
                    Gecko) Chrome/140.0.0.0 Safari/537.36
                    Accept-Encoding: gzip, deflate, br, zstd
                    Accept-Language: en-US,en;q=0.9

                    """));

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.field(ALLOWED)).isEqualTo(APP);
    assertThat(answer.field("vary")).isEqualTo("Origin");
    assertThat(answer.field("access-control-allow-methods")).isEqualTo("POST, GET, OPTIONS");
    assertThat(answer.field("access-control-allow-headers"))
        .startsWith("authorization, content-type, ")
        .endsWith(", x-tenant");
    assertThat(answer.field("access-control-max-age")).isEqualTo("3600");
    assertThat(answer.field("access-control-allow-credentials")).isNull();
    assertThat(answer.field("content-length")).as("RFC 9110 8.6").isNull();
    assertThat(answer.field("x-request-id")).isNotNull();
    assertThat(replica.acceptedConnections()).isZero();
  }

  /** As Firefox 140 sends it: fields in another order, and the names of headers sorted. */
  @Test
  void answersThePreflightOfAnotherBrowserOnAConnectionThatGoesOn() throws Exception {
    allow("http://other.test", APP);
    stage.start(stage.replica());
    Caller caller = stage.caller();
    String preflight =
        sent(
            """
            OPTIONS /api/v1/service/echo/score HTTP/1.1
            Host: models.test
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
            Accept: */*
            Accept-Language: en-US,en;q=0.5
            Accept-Encoding: gzip, deflate, br, zstd
            Access-Control-Request-Method: POST
            Access-Control-Request-Headers: content-type,x-tenant
            Origin: https://app.example.com
            Connection: keep-alive

            """);

    assertThat(caller.call(preflight).field(ALLOWED)).isEqualTo(APP);
    Answer score = caller.call(Caller.post("{}", "Origin: " + APP));
    assertThat(score.status()).isEqualTo(200);
    assertThat(score.body()).isEqualTo("ok");
    assertThat(score.field(ALLOWED)).isEqualTo(APP);
  }

  @ParameterizedTest
  @EnumSource
  void answersAPreflightBeforeItAsksForACredential(Asker.Version version) throws Exception {
    allow(APP);
    stage.setup.endpoint(
        old -> {
          Access access = old.access();
          return old.with(
              new Access(
                  new Authentication.Keys(List.of(KeyDigest.of("0123456789abcdef"))),
                  null,
                  false,
                  access.cors(),
                  null,
                  0));
        });
    stage.start(stage.replica());
    try (Asker asker = connect(version)) {
      Answer preflight = preflight(asker, TestRouter.SCORE, APP);
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.field(ALLOWED)).isEqualTo(APP);

      Answer refused = asker.score("origin: " + APP);
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.field(ALLOWED)).as("a page may read why").isEqualTo(APP);
      assertThat(refused.field("access-control-expose-headers"))
          .contains("x-fairlead-reason", "retry-after", "x-request-id");
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsAPageThatMayNotCallNothing(Asker.Version version) throws Exception {
    allow(APP);
    var replica = stage.replica();
    stage.start(replica);
    try (Asker asker = connect(version)) {
      Answer preflight = preflight(asker, TestRouter.SCORE, "https://evil.test");
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.fields()).noneMatch(field -> field.startsWith("access-control-"));
      assertThat(preflight.field("vary")).isEqualTo("Origin");
      assertThat(preflight.body()).isEmpty();
      assertThat(replica.acceptedConnections()).isZero();

      Answer score = asker.score("origin: https://evil.test");
      assertThat(score.status()).as("curl may call: it is no browser").isEqualTo(200);
      assertThat(score.fields()).noneMatch(field -> field.startsWith("access-control-"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void replacesWhatTheModelSays(Asker.Version version) throws Exception {
    allow(APP);
    var replica = stage.replica();
    replica.always(
        Script.respond(
            sent(
                """
                HTTP/1.1 200 OK
                Content-Length: 0
                Access-Control-Allow-Origin: *
                Access-Control-Allow-Credentials: true

                """)));
    stage.start(replica);
    try (Asker asker = connect(version)) {
      Answer answer = asker.score("origin: " + APP);
      assertThat(answer.field(ALLOWED)).isEqualTo(APP);
      assertThat(answer.field("access-control-allow-credentials")).isNull();
      assertThat(asker.score().field(ALLOWED)).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void letsTheModelSpeakWhereItIsNotAsked(Asker.Version version) throws Exception {
    var replica = stage.replica();
    replica.always(
        Script.respond(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\n\r\n"));
    stage.start(replica);
    try (Asker asker = connect(version)) {
      assertThat(preflight(asker, TestRouter.SCORE, APP).field(ALLOWED)).isEqualTo("*");
      assertThat(replica.takeRequest())
          .startsWith("OPTIONS /score ")
          .containsIgnoringCase("access-control-request-method: POST\r\n");
      assertThat(asker.score("origin: " + APP).field("vary")).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesOptionsThatAskNothingToTheModel(Asker.Version version) throws Exception {
    allow(APP);
    var replica = stage.replica();
    stage.start(replica);
    try (Asker asker = connect(version)) {
      Answer answer = asker.ask("OPTIONS", TestRouter.SCORE, "", "origin: " + APP);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.field(ALLOWED)).isEqualTo(APP);
      assertThat(replica.takeRequest()).startsWith("OPTIONS /score ");
    }
  }

  /** Else no page could ever fetch it with a key. */
  @ParameterizedTest
  @EnumSource
  void answersAPreflightWhereOptionsIsNoMethod(Asker.Version version) throws Exception {
    allow("*");
    stage.start(stage.replica());
    try (Asker asker = connect(version)) {
      Answer preflight = preflight(asker, SWAGGER, APP);
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.field(ALLOWED)).isEqualTo("*");
      assertThat(preflight.field("access-control-allow-methods")).isEqualTo("GET, HEAD");
      Answer options = asker.ask("OPTIONS", SWAGGER, "", "origin: " + APP);
      assertThat(options.status()).isEqualTo(405);
      assertThat(options.field(ALLOWED)).isEqualTo("*");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysNothingOfAnEndpointThatIsNotThere(Asker.Version version) throws Exception {
    allow("*");
    stage.start(stage.replica());
    try (Asker asker = connect(version)) {
      asker.score("origin: " + APP);
      Answer answer = preflight(asker, "/api/v1/endpoint/nope/score", APP);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.field(ALLOWED)).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void marksWhatTheRouterAnswersItself(Asker.Version version) throws Exception {
    allow(APP);
    stage.start(new FakeReplica[0]);
    try (Asker asker = connect(version)) {
      Answer answer = asker.score("origin: " + APP);
      assertThat(answer.reason()).isEqualTo("model_not_ready");
      assertThat(answer.field(ALLOWED)).isEqualTo(APP);
      assertThat(answer.field("vary")).isEqualTo("Origin");
    }
  }

  /** Returns a request as it is on the wire. */
  private static String sent(String text) {
    return text.replace("\n", "\r\n");
  }

  private static Answer preflight(Asker asker, String target, String origin) throws Exception {
    return asker.ask(
        "OPTIONS",
        target,
        "",
        "origin: " + origin,
        "access-control-request-method: POST",
        "access-control-request-headers: content-type");
  }
}
