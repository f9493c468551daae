package io.fairlead.router.proxy;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The second table of section 5 of the contract, "Headers added or guarded", for callers of both
 * versions of HTTP.
 */
final class ContractSection5HeadersTest {
  private static final String UUID = "123e4567-e89b-42d3-a456-426614174000";
  private static final String UUID_FORM =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

  @RegisterExtension final Stage stage = new Stage();

  private FakeReplica start() throws IOException {
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  /** Returns what the model gets of a request with these fields, in lower case. */
  private String modelGets(Asker.Version version, FakeReplica replica, String... fields)
      throws Exception {
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.score(fields).status()).isEqualTo(200);
    }
    return replica.takeRequest().toLowerCase(Locale.ROOT);
  }

  /**
   * "x-request-id: replaced by a new UUID unless it is a valid UUID; sent to the model and back".
   */
  @ParameterizedTest
  @EnumSource
  void theRequestIdIsAUuid(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    try (Asker asker = version.connect(stage.port())) {
      Answer kept = asker.score("x-request-id: " + UUID);
      assertThat(kept.field("x-request-id")).isEqualTo(UUID);
      assertThat(replica.takeRequest()).containsOnlyOnce("x-request-id: " + UUID + "\r\n");
      for (String bad : List.of("17", UUID + "0", UUID.replace("-", ""))) {
        String id = asker.score("x-request-id: " + bad).field("x-request-id");
        assertThat(id).matches(UUID_FORM).isNotEqualTo(UUID);
        assertThat(replica.takeRequest()).containsOnlyOnce("x-request-id: " + id + "\r\n");
      }
      String nobody = "/api/v1/endpoint/nobody/score";
      Answer refused = asker.ask("GET", nobody, "", "x-request-id: " + UUID);
      assertThat(refused.field("x-request-id")).isEqualTo(UUID);
    }
  }

  /** "x-ms-client-request-id: cut to 40 characters of [A-Za-z0-9_-]; echoed". */
  @ParameterizedTest
  @CsvSource({
    "HTTP1, my-id_1, my-id_1",
    "HTTP2, my-id_1, my-id_1",
    "HTTP1, abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH, abcdefghijklmnopqrstuvwxyz0123456789ABCD",
    "HTTP2, abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH, abcdefghijklmnopqrstuvwxyz0123456789ABCD",
    "HTTP1, a b<c>d, abcd",
    "HTTP2, a b<c>d, abcd",
  })
  void theCallersOwnIdIsCutAndEchoed(Asker.Version version, String sent, String echoed)
      throws Exception {
    start();
    try (Asker asker = version.connect(stage.port())) {
      Answer answer = asker.score("x-ms-client-request-id: " + sent);
      assertThat(answer.field("x-ms-client-request-id")).isEqualTo(echoed);
      assertThat(asker.score().field("x-ms-client-request-id")).isNull();
    }
  }

  /** "azureml-model-deployment: the deployment that answered"; "ms-azureml-model-time: in ms". */
  @ParameterizedTest
  @EnumSource
  void anAnswerSaysWhoGaveItAndHowLongThatTook(OpenCall.Version version) throws Exception {
    FakeReplica replica = start().always(Script.respondOnGo(FakeReplica.OK));
    OpenCall call = version.score(stage, "{}");
    replica.takeRequest();
    stage.advance(ofMillis(1234));
    replica.go();
    Answer answer = call.answer();
    assertThat(answer.field("azureml-model-deployment")).isEqualTo("blue");
    assertThat(answer.field("ms-azureml-model-time")).isEqualTo("1234");
    assertThat(answer.reason()).isNull();
  }

  /** "x-forwarded-for/-proto/-host, forwarded: client's own are dropped unless ... trusted". */
  @ParameterizedTest
  @EnumSource
  void onlyATrustedProxySaysWhereARequestComesFrom(Asker.Version version) throws Exception {
    String[] fields = {
      "x-forwarded-for: 6.6.6.6",
      "x-forwarded-proto: https",
      "x-forwarded-host: evil",
      "forwarded: for=6.6.6.6"
    };
    FakeReplica replica = start();
    assertThat(modelGets(version, replica, fields))
        .contains("\r\nx-forwarded-for: 127.0.0.1\r\n", "\r\nx-forwarded-proto: http\r\n")
        .doesNotContain("6.6.6.6", "evil", "https");
  }

  /** "... unless it is a trusted proxy (CIDR list, default none)". */
  @ParameterizedTest
  @EnumSource
  void aTrustedProxyIsBelieved(Asker.Version version) throws Exception {
    stage.setup.trusted = address -> true;
    FakeReplica replica = start();
    assertThat(modelGets(version, replica, "x-forwarded-for: 6.6.6.6", "x-forwarded-proto: https"))
        .containsSubsequence("x-forwarded-for: 6.6.6.6\r\n", "x-forwarded-for: 127.0.0.1\r\n")
        .containsOnlyOnce("x-forwarded-proto: https\r\n");
  }

  /** "traceparent, tracestate: propagated". */
  @ParameterizedTest
  @EnumSource
  void theTraceGoesOn(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    String parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assertThat(modelGets(version, replica, parent, "tracestate: a=1"))
        .contains("\r\n" + parent + "\r\n", "\r\ntracestate: a=1\r\n");
  }

  /** "client-sent ms-azureml-*, x-fairlead-*: dropped". */
  @ParameterizedTest
  @EnumSource
  void whatOnlyTheRouterMaySayIsDropped(Asker.Version version) throws Exception {
    FakeReplica replica = start();
    assertThat(modelGets(version, replica, "ms-azureml-x: 1", "x-fairlead-reason: 1", "x-own: 1"))
        .contains("\r\nx-own: 1\r\n")
        .doesNotContain("ms-azureml", "x-fairlead");
  }

  /**
   * "hop-by-hop and everything Connection names: dropped, except that it cannot name host,
   * authorization, x-forwarded-*, content-length". To HTTP/2 such a request is malformed.
   */
  @Test
  void whatBelongsToOneConnectionStaysThere() throws Exception {
    stage.setup.trusted = address -> true;
    stage.setup.access =
        new Access(new Authentication.Anyone(), null, true, null, null, 0); // forwards the key
    FakeReplica replica = start();
    assertThat(
            modelGets(
                Asker.Version.HTTP1,
                replica,
                "connection: x-hop, host, authorization, x-forwarded-for, content-length",
                "x-hop: 1",
                "keep-alive: 5",
                "te: trailers",
                "upgrade: h2c",
                "proxy-authorization: secret",
                "authorization: bearer key",
                "x-forwarded-for: 6.6.6.6"))
        .contains("\r\nhost: models.test\r\n", "\r\nauthorization: bearer key\r\n")
        .contains("\r\nx-forwarded-for: 6.6.6.6\r\n", "\r\ncontent-length: 2\r\n")
        .doesNotContain("x-hop", "keep-alive", "\r\nte:", "upgrade", "secret", "\r\nconnection");
  }
}
