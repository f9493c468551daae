package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.Soon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The fake itself is tested, so that a failing test of the proxy is the proxy's. */
class FakeReplicaTest {
  private static final String POST = "POST /score HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
  private static final String CHUNKED =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n";

  private final FakeReplica replica;
  private final Socket router;

  FakeReplicaTest() throws IOException {
    replica = FakeReplica.start();
    router = connect();
  }

  @AfterEach
  void close() throws IOException {
    router.close();
    replica.close();
  }

  @Test
  void recordsRequestsVerbatimAndKeepsTheConnection() throws Exception {
    send(router, POST);
    assertThat(read(router, FakeReplica.OK.length())).isEqualTo(FakeReplica.OK);
    send(router, CHUNKED);
    assertThat(read(router, FakeReplica.OK.length())).isEqualTo(FakeReplica.OK);
    assertThat(replica.takeRequest()).isEqualTo(POST);
    assertThat(replica.takeRequest()).isEqualTo(CHUNKED);
    assertThat(replica.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void answersOnGo() throws Exception {
    replica.next(Script.respondOnGo(FakeReplica.OK));
    send(router, POST);
    assertThat(replica.takeRequest()).isEqualTo(POST);
    assertThat(router.getInputStream().available()).isZero();
    replica.go();
    assertThat(read(router, FakeReplica.OK.length())).isEqualTo(FakeReplica.OK);
  }

  @Test
  void closesInTheMiddleOfItsResponse() throws Exception {
    replica.next(Script.closeAfterResponseBytes(FakeReplica.OK, 9));
    send(router, POST);
    assertThat(router.getInputStream().readAllBytes()).asString(ISO_8859_1).isEqualTo("HTTP/1.1 ");
  }

  @Test
  void resetsInTheMiddleOfTheRequest() throws Exception {
    replica.next(Script.resetAfterRequestBytes(5));
    send(router, POST);
    assertThatThrownBy(() -> router.getInputStream().read()).isInstanceOf(SocketException.class);
  }

  @Test
  void sendsInterimResponsesFirst() throws Exception {
    replica.next(Script.interim(3, FakeReplica.OK).close());
    send(router, POST);
    String all = new String(router.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(all.split("HTTP/1.1 103 ", -1)).hasSize(4);
    assertThat(all).endsWith(FakeReplica.OK);
  }

  @Test
  void recordsARequestThatIsCutShort() throws Exception {
    send(router, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc");
    router.close();
    assertThat(replica.takePartialRequest()).endsWith("\r\n\r\nabc");
    assertThat(replica.untakenRequests()).isZero();
  }

  @Test
  void tellsAFinFromAReset() throws Exception {
    replica.always(Script.reading().waitForEnd());
    send(router, POST);
    router.close();
    assertThat(replica.takeEnd()).isEqualTo(FakeReplica.End.FIN);
    try (Socket other = connect()) {
      send(other, POST);
      assertThat(replica.takeRequest()).isEqualTo(POST);
      assertThat(replica.takeRequest()).isEqualTo(POST);
      other.setSoLinger(true, 0);
    }
    assertThat(replica.takeEnd()).isEqualTo(FakeReplica.End.RST);
  }

  @Test
  void seesHowManyCameAtOnce() throws Exception {
    replica.always(Script.respondOnGo(FakeReplica.OK));
    try (Socket other = connect()) {
      send(router, POST);
      send(other, POST);
      assertThat(replica.takeRequest()).isEqualTo(POST);
      assertThat(replica.takeRequest()).isEqualTo(POST);
    }
    assertThat(replica.peakConcurrency()).isEqualTo(2);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), replica.port());
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String read(Socket socket, int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), ISO_8859_1);
  }
}
