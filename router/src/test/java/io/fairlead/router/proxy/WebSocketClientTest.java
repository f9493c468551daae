package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.tls.TlsEngine;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's WebSocket client and Netty's server, with the router in between. */
final class WebSocketClientTest {
  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;

  private void start(WebSocketModel model) {
    stage.setup.endpoint(e -> WebSockets.allowed(e, true));
    stage.start(model.address());
  }

  @Test
  void echoesInClearText() throws Exception {
    try (var model = WebSocketModel.start();
        var client = HttpClient.newHttpClient()) {
      start(model);
      converse(client, "ws://127.0.0.1:" + stage.port());
    }
  }

  @Test
  void echoesOverTls() throws Exception {
    try (var model = WebSocketModel.start();
        var tls = new TestTls(directory, TlsEngine.Choice.AUTO, "localhost");
        var client = HttpClient.newBuilder().sslContext(TestTls.trusting()).build()) {
      start(model);
      converse(client, "wss://localhost:" + stage.router().listen(tls.contexts()));
    }
  }

  private void converse(HttpClient client, String server) throws Exception {
    var listener = new Listener();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create(server + TestRouter.SCORE), listener)
            .get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    for (int i = 0; i < 20; i++) {
      String text = "message " + i + " " + "x".repeat(i * i * 100);
      socket.sendText(text, true).get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      assertThat(listener.next()).isEqualTo(text);
    }
    socket
        .sendPing(ByteBuffer.wrap(new byte[] {1}))
        .get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertThat(listener.next()).isEqualTo("pong");
    assertThat(stage.router().load().inFlight()).isEqualTo(1);
    socket
        .sendClose(WebSocket.NORMAL_CLOSURE, "enough")
        .get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertThat(listener.next()).isEqualTo("closed " + WebSocket.NORMAL_CLOSURE);
    Soon.become("the slot is free", () -> stage.router().load().inFlight() == 0);
  }

  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuilder message = new StringBuilder();

    String next() throws InterruptedException {
      return Objects.requireNonNull(
          events.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS), "nothing came");
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        events.add(message.toString());
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer data) {
      events.add("pong");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      events.add("closed " + status);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      events.add("failed: " + error);
    }
  }
}
