package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which fields a model gets, and which a caller. */
final class ForwardedFieldsTest {
  private static final String UUID = "123e4567-e89b-42d3-a456-426614174000";

  @RegisterExtension final Stage stage = new Stage();

  /** Sends a request with these fields and returns what the model got, in lower case. */
  private String modelGets(String... fields) throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    assertThat(stage.caller().call(Caller.post("{}", fields)).status()).isEqualTo(200);
    return replica.takeRequest().toLowerCase(Locale.ROOT);
  }

  /** Returns what a caller gets of a response with these fields. */
  private Answer callerGets(String... fields) throws Exception {
    var replica = stage.replica();
    replica.next(
        Script.respond(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + String.join("\r\n", fields) + "\r\n\r\n"));
    stage.start(replica);
    return stage.caller().call(Caller.post("{}"));
  }

  @Test
  void sendsAValidRequestIdThereAndBack() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    Answer answer =
        stage
            .caller()
            .call(
                Caller.post(
                    "{}", "X-Request-ID: " + UUID, "x-ms-client-request-id: " + "a".repeat(50)));
    assertThat(answer.field("x-request-id")).isEqualTo(UUID);
    assertThat(answer.field("x-ms-client-request-id")).isEqualTo("a".repeat(40));
    assertThat(replica.takeRequest())
        .containsOnlyOnce("x-request-id: " + UUID + "\r\n")
        .containsOnlyOnce("x-ms-client-request-id: " + "a".repeat(40) + "\r\n")
        .doesNotContain("X-Request-ID");
  }

  @Test
  void replacesARequestIdThatIsNone() throws Exception {
    var replica = stage.replica();
    replica.always(
        Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-request-id: models\r\n\r\n"));
    stage.start(replica);
    Answer answer = stage.caller().call(Caller.post("{}", "x-request-id: 17"));
    String id = answer.field("x-request-id");
    assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(replica.takeRequest()).containsOnlyOnce("x-request-id: " + id + "\r\n");
    assertThat(answer.field("x-ms-client-request-id")).isNull();
  }

  @Test
  void saysWhoAnsweredAndHowLongItTook() throws Exception {
    var replica = stage.replica().next(Script.respondOnGo(FakeReplica.OK));
    stage.start(replica);
    var caller = stage.caller().send(Caller.post("{}"));
    replica.takeRequest();
    stage.advance(java.time.Duration.ofMillis(1234));
    replica.go();
    Answer answer = caller.answer();
    assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
    assertThat(answer.field("ms-azureml-model-time")).isEqualTo("1234");
    assertThat(answer.reason()).isNull();
  }

  @Test
  void guardsItsOwnNames() throws Exception {
    Answer answer =
        callerGets(
            "x-fairlead-reason: a",
            "x-fairlead-x: b",
            "ms-azureml-model-error-statuscode: 7",
            "azureml-model-deployment: green",
            "Connection: x-secret, close",
            "x-secret: c",
            "Keep-Alive: 5",
            "Upgrade: h2c",
            "Server: gunicorn",
            "Set-Cookie: a=1",
            "Set-Cookie: b=2");
    assertThat(answer.fields()).noneMatch(field -> field.startsWith("x-fairlead-"));
    assertThat(answer.field("ms-azureml-model-error-statuscode")).isNull();
    assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
    assertThat(answer.field("x-secret")).isNull();
    assertThat(answer.field("keep-alive")).isNull();
    assertThat(answer.field("upgrade")).isNull();
    assertThat(answer.closes()).as("the model's connection is its own").isFalse();
    assertThat(answer.field("server")).isEqualTo("gunicorn");
    assertThat(answer.all("set-cookie")).containsExactly("a=1", "b=2");
  }

  @Test
  void dropsWhatTheModelMustNotGet() throws Exception {
    String request =
        modelGets(
            "Connection: x-hop, authorization, host",
            "x-hop: 1",
            "Keep-Alive: 5",
            "TE: gzip",
            "Upgrade: h2c",
            "Proxy-Authorization: x",
            "Authorization: Bearer key",
            "x_under: score",
            "ms-azureml-x: 1",
            "x-fairlead-y: 1",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "Accept: */*");
    assertThat(request)
        .startsWith("post /score http/1.1\r\nhost: models.test\r\n")
        .contains(
            "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
            "\r\naccept: */*\r\n")
        .doesNotContain("x-hop", "keep-alive", "gzip", "upgrade", "authorization", "x_under")
        .doesNotContain("ms-azureml", "x-fairlead", "\r\nconnection:");
  }

  @Test
  void answersExpectItself() throws Exception {
    var replica = stage.replica();
    stage.start(replica);
    var caller = stage.caller();
    String[] fields = {"Expect: 100-continue", "Content-Length: 2"};
    Answer interim = caller.call(Caller.head("POST " + TestRouter.SCORE, fields));
    assertThat(interim.status()).isEqualTo(100);
    assertThat(replica.acceptedConnections()).isZero();
    assertThat(caller.call("{}").status()).isEqualTo(200);
    assertThat(replica.takeRequest().toLowerCase(Locale.ROOT)).doesNotContain("expect");
  }

  @Test
  void believesNobodyAboutWhereARequestComesFrom() throws Exception {
    assertThat(
            modelGets(
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil",
                "Forwarded: for=6.6.6.6"))
        .contains("\r\nx-forwarded-for: 127.0.0.1\r\n", "\r\nx-forwarded-proto: http\r\n")
        .doesNotContain("6.6.6.6", "evil", "https");
  }

  @Test
  void addsToWhatATrustedProxySays() throws Exception {
    stage.setup.trusted = address -> true;
    assertThat(
            modelGets(
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: https",
                "Forwarded: for=6.6.6.6",
                "Connection: x-forwarded-for"))
        .containsSubsequence(
            "\r\nx-forwarded-for: 6.6.6.6\r\n", "\r\nx-forwarded-for: 127.0.0.1\r\n")
        .containsOnlyOnce("x-forwarded-proto: https\r\n")
        .contains("\r\nforwarded: for=6.6.6.6\r\n");
  }

  @Test
  void saysHowATrustedProxyCameWhereItDoesNot() throws Exception {
    stage.setup.trusted = address -> true;
    assertThat(modelGets()).containsOnlyOnce("\r\nx-forwarded-proto: http\r\n");
  }
}
