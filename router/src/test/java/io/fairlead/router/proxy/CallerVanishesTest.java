package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.fairlead.router.proxy.FakeReplica.End;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A caller leaves at every byte: its slot, its buffers and its connection come back. */
@ExtendWith(Leaks.class)
class CallerVanishesTest {
  private static final String CHUNKED =
      "POST "
          + TestRouter.SCORE
          + " HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "3;a=b\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nX: y\r\n\r\n";

  @ParameterizedTest
  @EnumSource(End.class)
  void withinASmallRequest(End how) throws Exception {
    leaveAtEachByteOf(DataPath.POST, how);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void withinAChunkedRequest(End how) throws Exception {
    leaveAtEachByteOf(CHUNKED, how);
  }

  private static void leaveAtEachByteOf(String request, End how) throws Exception {
    int head = request.indexOf("\r\n\r\n") + 4;
    try (DataPath path = new DataPath()) {
      for (int sent = 0; sent < request.length(); sent++) {
        RawCaller caller = path.call().send(request.substring(0, sent));
        Soon.become("connected", () -> path.router.proxy().connections() == 1);
        caller.vanish(how);
        path.isWell(how + " after " + sent);
        if (how == End.FIN) {
          assertThat(path.records(sent < head ? 0 : 1)).allMatch("0 -"::equals);
        } else { // a reset may take what was sent with it
          path.router.meters().finished.remove("0 -");
          path.records(0);
        }
        assertThat(path.replica.takeRequest()).as("the next request").endsWith("\r\n\r\n{}");
        assertThat(path.replica.untakenRequests()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void withinABodyLongerThanThePrefix(End how) throws Exception {
    String head = DataPath.postHead(200_000);
    try (DataPath path = new DataPath()) {
      for (int sent : new int[] {0, 1, 65_535, 65_536, 65_537, 131_072, 199_999}) {
        RawCaller caller = path.call().send(head).send(body(sent));
        if (sent >= 65_536) {
          Soon.become("dispatched", () -> path.router.load().inFlight() == 1);
        }
        caller.vanish(how);
        path.isWell(how + " after " + sent);
        if (how == End.FIN || sent >= 65_536) {
          assertThat(path.records(1)).containsExactly("0 -");
        } else {
          path.router.meters().finished.remove("0 -");
          path.records(0);
        }
        assertThat(path.replica.takeRequest()).as("the next request").endsWith("\r\n\r\n{}");
      }
      // a slot may be taken and given back before the model has seen a byte; it never sees them all
      assertThat(path.replica.untakenRequests()).isZero();
      assertThat(path.replica.partialRequests())
          .allSatisfy(
              part ->
                  assertThat(part.substring(part.indexOf("\r\n\r\n") + 4).length())
                      .isLessThan(200_000));
    }
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void atEachByteOfAResponse(End how) throws Exception {
    leaveAtEachByteOfResponse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nmodel say", how);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void atEachByteOfAChunkedResponse(End how) throws Exception {
    leaveAtEachByteOfResponse(DataPath.CHUNKED_HEAD + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", how);
  }

  /** The model holds back what follows until the caller has left. */
  private static void leaveAtEachByteOfResponse(String response, End how) throws Exception {
    int head = response.indexOf("\r\n\r\n") + 4;
    try (DataPath path = new DataPath()) {
      for (int held = 0; held < response.length(); held++) {
        path.replica.next(
            Script.reading()
                .send(response.substring(0, held))
                .waitForGo()
                .send(response.substring(held))
                .close());
        RawCaller caller = path.call().send(DataPath.POST);
        path.replica.takeRequest();
        if (held >= head) {
          caller.head();
        }
        caller.vanish(how);
        Soon.become("noticed", () -> path.router.proxy().connections() == 0);
        assertThat(path.records(1)).containsExactly(held < head ? "0 -" : "200 -");
        path.replica.go();
        path.isWell(how + " after " + held);
        path.records(0);
        path.replica.takeRequest();
      }
    }
  }

  private static byte[] body(int length) {
    byte[] body = new byte[length];
    Arrays.fill(body, (byte) 'x');
    return body;
  }
}
