package io.fairlead.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForwardRulesTest {
  @Test
  void dropsWhatBelongsToTheConnection() {
    Head head =
        Heads.of(
            "Connection: close",
            "Keep-Alive: 5",
            "Proxy-Connection: x",
            "Proxy-Authorization: x",
            "TE: trailers",
            "Trailer: x",
            "Transfer-Encoding: chunked",
            "Upgrade: h2c",
            "HTTP2-Settings: x",
            "Accept: a");
    ForwardRules.request(head, true, true);

    assertThat(Heads.kept(head)).containsExactly("Accept");
  }

  @Test
  void dropsWhatConnectionNames() {
    Head head =
        Heads.of(
            "X-One: 1",
            "Connection: x-one , X-TWO,,x-thre",
            "x-two: 2",
            "X-Three: 3",
            "X-ONE: 4",
            "Connection: Cookie",
            "Cookie: a");
    ForwardRules.request(head, false, false);

    assertThat(Heads.kept(head)).containsExactly("X-Three");
  }

  @Test
  void connectionCannotNameWhatProtectsTheModel() {
    Head head =
        Heads.of(
            "Connection: authorization, x-forwarded-for, X-Forwarded-Proto, forwarded",
            "Authorization: a",
            "X-Forwarded-For: b",
            "X-Forwarded-Proto: c",
            "Forwarded: d");
    ForwardRules.request(head, true, true);

    assertThat(Heads.kept(head))
        .containsExactly("Authorization", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded");
  }

  @Test
  void dropsWhatTheRouterWritesOrReserves() {
    Head head =
        Heads.of(
            "Host: h",
            "Content-Length: 5",
            "Expect: 100-continue",
            "x-request-id: a",
            "x-ms-client-request-id: b",
            "ms-azureml-model-time: c",
            "X-Fairlead-Reason: d",
            "azureml-model-deployment: blue",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "Content-Type: f");
    ForwardRules.request(head, false, false);

    assertThat(Heads.kept(head))
        .containsExactly("azureml-model-deployment", "traceparent", "Content-Type");
  }

  @Test
  void keepsForwardedFieldsOfATrustedProxyAlone() {
    String[] fields = {"X-Forwarded-For: a", "x-forwarded-host: b", "Forwarded: c", "A: d"};
    Head head = Heads.of(fields);
    ForwardRules.request(head, false, false);
    assertThat(Heads.kept(head)).containsExactly("A");

    Head trusted = Heads.of(fields);
    ForwardRules.request(trusted, true, false);
    assertThat(Heads.kept(trusted)).hasSize(4);
  }

  @Test
  void keepsTheCredentialOnlyIfTheEndpointSaysSo() {
    Head head = Heads.of("Authorization: Bearer a");
    ForwardRules.request(head, true, false);
    assertThat(Heads.kept(head)).isEmpty();

    Head wanted = Heads.of("Authorization: Bearer a");
    ForwardRules.request(wanted, false, true);
    assertThat(Heads.kept(wanted)).containsExactly("Authorization");
  }

  @Test
  void dropsNamesWithUnderscoreUnlessItIsGrpc() {
    Head head = Heads.of("x_forwarded_for: a", "content-type: application/json");
    ForwardRules.request(head, true, false);
    assertThat(Heads.kept(head)).containsExactly("content-type");

    Head grpc = Heads.of("my_key: a", "content-type: application/grpc+proto");
    ForwardRules.request(grpc, true, false);
    assertThat(Heads.kept(grpc)).containsExactly("my_key", "content-type");
  }

  @Test
  void dropsOfAResponseWhatTheRouterSays() {
    Head head =
        Heads.of(
            "Connection: x-hop",
            "X-Hop: a",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "Trailer: t",
            "Keep-Alive: 5",
            "Upgrade: h2c",
            "azureml-model-deployment: green",
            "ms-azureml-model-error-statuscode: 200",
            "x-fairlead-reason: x",
            "x-request-id: a",
            "Server: gunicorn",
            "x-ms-run-function-failed: False",
            "Set-Cookie: a");
    ForwardRules.response(head);

    assertThat(Heads.kept(head))
        .containsExactly("Server", "x-ms-run-function-failed", "Set-Cookie");
  }

  @Test
  void announcesTrailersOnlyIfTheyAreForwarded() {
    Head head = Heads.of("Trailer: grpc-status");
    ForwardRules.response(head, true);
    assertThat(Heads.kept(head)).containsExactly("Trailer");
  }

  @Test
  void keepsOfTrailersWhatIsNeitherFramingNorRoutingNorCredential() {
    Head trailers =
        Heads.of(
            "content-length: 5",
            "host: h",
            "authorization: a",
            "te: b",
            "content-type: c",
            "cache-control: d",
            "set-cookie: e",
            "grpc-status: 0",
            "my_key: f");
    ForwardRules.trailers(trailers);

    assertThat(Heads.kept(trailers)).containsExactly("grpc-status", "my_key");
  }
}
