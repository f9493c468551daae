package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.RequestSettings.OnClientGone;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the router's own answers to gRPC look like on the wire. */
final class GrpcErrorsTest {
  @RegisterExtension final Stage stage = new Stage();

  @BeforeEach
  void takesManyRequestsAtOnce() {
    stage.settings(0, OnClientGone.HOLD, false);
  }

  private static Http2Caller call(Http2Caller caller, String type, String endpoint) {
    return caller.headers(
        1,
        false,
        ":method",
        "POST",
        ":scheme",
        "http",
        ":authority",
        "a",
        ":path",
        "/a.B/C",
        "content-type",
        type,
        "te",
        "trailers",
        "azureml-model-endpoint",
        endpoint);
  }

  @Test
  void answersWithTrailersAlone() throws Exception {
    stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    call(caller, "application/grpc+proto", "50%").send();
    Http2Caller.Head head = caller.awaitHead();
    assertThat(head.last()).isTrue();
    assertThat(head.fields())
        .containsEntry(":status", "200")
        .containsEntry("content-type", "application/grpc")
        .containsEntry("grpc-status", "12")
        .containsEntry("grpc-message", "endpoint: 50%25 (expected: the name of an endpoint)")
        .containsEntry("x-fairlead-reason", "endpoint_not_found")
        .containsKey("x-request-id")
        .doesNotContainKey("content-length");
  }

  /** The status of HTTP is what meters and logs tell of, not the 200 that gRPC wants. */
  @Test
  void countsTheErrorThatTheCallerGot() throws Exception {
    stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    call(caller, "application/grpc", "nobody").send();
    caller.awaitHead();
    assertThat(stage.router().meters().finished).containsExactly("404 endpoint_not_found");
  }

  @Test
  void doesNotTakeGrpcWebForGrpc() throws Exception {
    stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    call(caller, "application/grpc-web+proto", "echo").send();
    assertThat(caller.answer(1).status()).isEqualTo(404);
  }

  @Test
  void forwardsThePathAsItIs() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    call(caller, "application/grpc", "echo").send();
    assertThat(model.accept().awaitHead().fields())
        .containsEntry(":path", "/a.B/C")
        .containsEntry("te", "trailers")
        .containsEntry("content-type", "application/grpc");
  }

  @Test
  void endsAStreamThatHasBegunWithAStatus() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    call(caller, "application/grpc", "echo").send();
    Http2Caller connection = model.acceptRequest();
    connection
        .headers(1, false, ":status", "200", "content-type", "application/grpc")
        .data(1, false, "part")
        .send();
    caller.awaitHead();
    assertThat(caller.await(DATA).text()).isEqualTo("part");
    connection.putInt(RST_STREAM, 0, 1, Http2Scene.INTERNAL_ERROR).send();
    Http2Caller.Head trailers = caller.awaitHead();
    assertThat(trailers.last()).isTrue();
    assertThat(trailers.fields())
        .containsEntry("grpc-status", "14")
        .containsEntry("x-fairlead-reason", "upstream_reset")
        .containsEntry("grpc-message", "the model reset the stream: INTERNAL_ERROR");
    stage.untilLoad(0, 0);
  }

  @Test
  void passesOnTrailersAlone() throws Exception {
    Http2Model model = stage.startH2c();
    Http2Caller caller = stage.http2Caller();
    call(caller, "application/grpc", "echo").send();
    Http2Caller connection = model.acceptRequest();
    connection
        .headers(1, true, ":status", "200", "content-type", "application/grpc", "grpc-status", "5")
        .send();
    Http2Caller.Head head = caller.awaitHead();
    assertThat(head.last()).isTrue();
    assertThat(head.fields())
        .containsEntry("grpc-status", "5")
        .containsEntry("azureml-model-deployment", "blue")
        .doesNotContainKeys("content-length", "x-fairlead-reason");
  }
}
