package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A router on one loop, in front of one replica, and what must hold of both after any mishap. */
final class DataPath implements AutoCloseable {
  static final String POST =
      "POST " + TestRouter.SCORE + " HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\n{}";

  /** The model's ordinary answer; each request then has a connection of its own. */
  static final String OK_AND_CLOSE =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

  /** How a model begins an answer in chunks. */
  static final String CHUNKED_HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  final FakeReplica replica;
  final TestRouter router;
  final int port;
  private int records;

  DataPath() throws IOException {
    this(new TestRouter.Setup());
  }

  DataPath(TestRouter.Setup setup) throws IOException {
    replica = FakeReplica.start().always(Script.respondAndClose(OK_AND_CLOSE));
    router = setup.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), replica.port()));
    port = router.listen();
  }

  RawCaller call() throws IOException {
    return RawCaller.of(port);
  }

  /** Returns the head of a POST whose body is {@code length} bytes long. */
  static String postHead(int length) {
    return "POST "
        + TestRouter.SCORE
        + " HTTP/1.1\r\nHost: r\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  static String get(String version, String... fields) {
    var text = new StringBuilder("GET " + TestRouter.SCORE + " " + version + "\r\nHost: r\r\n");
    for (String field : fields) {
      text.append(field).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  /** Nobody is connected, nothing is taken, and the next request is answered. */
  void isWell(String situation) throws Exception {
    settles(situation);
    try (RawCaller next = call().send(POST)) {
      assertThat(next.answer().status()).as(situation).isEqualTo(200);
      records++;
    }
    settles(situation);
  }

  private void settles(String situation) {
    Soon.become(
        "settled: " + situation,
        () ->
            router.proxy().connections() == 0
                && router.load().inFlight() == 0
                && router.load().queued() == 0);
  }

  /** Returns the records of requests since the last call, but for those of {@link #isWell}. */
  List<String> records(int expected) {
    var finished = router.meters().finished;
    Soon.become("records", () -> finished.size() >= expected + records);
    List<String> all = List.copyOf(finished);
    finished.clear();
    assertThat(all).hasSize(expected + records);
    records = 0;
    return all.subList(0, expected);
  }

  @Override
  public void close() throws IOException {
    router.close();
    replica.close();
    assertThat(router.meters().count("UNEXPECTED_EXCEPTION")).isZero();
  }
}
