package io.fairlead.router.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SampleModelTest {
  private static final String POST = "POST /score HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n";

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void scoresAsTheContainerDoesAndCloses() throws Exception {
    SampleModel model = start(Duration.ZERO, false);
    String answer = ask(model, POST + "x-request-id: me\r\n\r\n{}");
    assertThat(answer)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .containsIgnoringCase("\r\nconnection: close\r\n")
        .contains("\r\nx-ms-run-function-failed: False\r\n", "\r\nx-ms-run-fn-exec-ms: 0.000\r\n")
        .contains("\r\nx-request-id: me\r\n", "\r\nx-ms-request-id: me\r\n")
        .endsWith("\r\n\r\n{\"replica\": \"blue-1\", \"bytes\": 2}\n");
  }

  @Test
  void otherRoutes() throws Exception {
    SampleModel model = start(Duration.ZERO, false);
    assertThat(ask(model, "GET / HTTP/1.1\r\n\r\n")).endsWith("\r\n\r\nHealthy");
    assertThat(ask(model, "HEAD / HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\n");
    assertThat(ask(model, "GET /swagger.json HTTP/1.1\r\n\r\n")).contains("\"swagger\": \"2.0\"");
    assertThat(ask(model, "GET /score/ HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 404")
        .contains("{\"message\": ")
        .doesNotContain("x-request-id");
    assertThat(ask(model, "PUT /score HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405");
    assertThat(ask(model, POST + "x-request-id: " + "i".repeat(101) + "\r\n\r\n{}"))
        .startsWith("HTTP/1.1 431");
  }

  @Test
  void streamsEventsOneByOne() throws Exception {
    SampleModel model = start(Duration.ZERO, false);
    assertThat(ask(model, "GET /score?stream=2 HTTP/1.1\r\nHost: a\r\n\r\n"))
        .containsIgnoringCase("\r\ntransfer-encoding: chunked\r\n")
        .containsIgnoringCase("\r\ncontent-type: text/event-stream\r\n")
        .contains("data: {\"replica\": \"blue-1\", \"event\": 1}\n\n")
        .contains("data: {\"replica\": \"blue-1\", \"event\": 2}\n\n")
        .endsWith("\r\n0\r\n\r\n");
  }

  @Test
  void secondCallerWaitsInTheBacklogAndIsSeenInThePeak() throws Exception {
    SampleModel model = start(Duration.ofMillis(1_500), false); // both are sent meanwhile
    assertThat(ask(model, POST + "\r\n{}")).startsWith("HTTP/1.1 200");
    assertThat(ask(model, POST + "\r\n{}")).startsWith("HTTP/1.1 200");
    assertThat(model.peakConcurrency()).as("one after the other").isEqualTo(1);

    Socket first = send(model, POST + "\r\n{}");
    Socket second = send(model, POST + "\r\n{}");
    assertThat(rest(first)).startsWith("HTTP/1.1 200");
    first.close();
    assertThat(rest(second)).startsWith("HTTP/1.1 200");
    assertThat(model.peakConcurrency()).as("both at once").isEqualTo(2);
  }

  @Test
  void callerWhoDoesNotCloseKeepsTheOthersWaiting() throws Exception {
    SampleModel model = start(Duration.ZERO, false);
    Socket lingers = send(model, POST + "\r\n{}");
    assertThat(rest(lingers)).startsWith("HTTP/1.1 200");
    Socket next = send(model, POST + "\r\n{}");
    next.setSoTimeout(100);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> next.getInputStream().read()))
        .isInstanceOf(java.net.SocketTimeoutException.class);
    lingers.close();
    next.setSoTimeout(Soon.PATIENCE_MILLIS);
    assertThat(rest(next)).startsWith("HTTP/1.1 200");
    assertThat(model.peakConcurrency()).as("an answered request is out").isEqualTo(1);
  }

  @Test
  void callerWhoLeavesDoesNotStopTheScore() throws Exception {
    SampleModel model = start(Duration.ofMillis(50), false);
    Socket leaves = send(model, POST + "\r\n{}");
    leaves.setSoLinger(true, 0);
    leaves.close();
    assertThat(ask(model, POST + "\r\n{}")).startsWith("HTTP/1.1 200");
  }

  @Test
  void kinderServerKeepsItsConnections() throws Exception {
    SampleModel model = start(Duration.ZERO, true);
    String last = "GET /score HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    Socket socket = send(model, POST + "\r\n{}");
    assertThat(until(socket, "}\n")).startsWith("HTTP/1.1 200").doesNotContain("close");
    socket.getOutputStream().write(last.getBytes(ISO_8859_1));
    assertThat(rest(socket)).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
    assertThat(model.peakConcurrency()).isEqualTo(1);
  }

  private SampleModel start(Duration modelTime, boolean keepAlive) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    SampleModel model =
        SampleModel.start(any, modelTime, "blue-1", group, NioServerSocketChannel::new, keepAlive);
    open.add(model);
    return model;
  }

  private String ask(SampleModel model, String request) throws IOException {
    try (Socket socket = send(model, request)) {
      return rest(socket);
    }
  }

  private Socket send(SampleModel model, String request) throws IOException {
    Socket socket = new Socket(model.address().getAddress(), model.address().getPort());
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    open.add(socket);
    return socket;
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  private static String until(Socket socket, String end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = in.read();
      assertThat(next).as("ended after %s", read).isNotNegative();
      read.append((char) next);
    }
    return read.toString();
  }
}
