package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.Soon;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;

/**
 * One router, one replica and callers of HTTP/2. At its end it asks, as data-plane attacks must
 * leave things: is the next ordinary request answered, is every slot and every buffer given back?
 */
final class Http2Scene implements AutoCloseable {
  static final int NO_ERROR = 0;
  static final int PROTOCOL_ERROR = 1;
  static final int INTERNAL_ERROR = 2;
  static final int FLOW_CONTROL_ERROR = 3;
  static final int STREAM_CLOSED = 5;
  static final int REFUSED_STREAM = 7;
  static final int CANCEL = 8;
  static final int ENHANCE_YOUR_CALM = 11;

  final FakeReplica replica;
  final TestRouter router;
  final int port;
  private boolean left;
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

  Http2Scene() throws IOException {
    this(setup -> setup);
  }

  Http2Scene(UnaryOperator<TestRouter.Setup> change) throws IOException {
    replica = FakeReplica.start();
    var setup = new TestRouter.Setup().allocator(allocator);
    router =
        change
            .apply(setup)
            .start(new InetSocketAddress(InetAddress.getLoopbackAddress(), replica.port()));
    port = router.listen();
  }

  Http2Caller connect(int... settings) throws IOException {
    return Http2Caller.connect(port, settings);
  }

  /** Asks one ordinary question on a connection of its own. */
  void answersOthers() throws IOException, Http2Exception {
    replica.always(Script.respond(FakeReplica.OK));
    try (Http2Caller caller = connect()) {
      caller.post(1, false, "content-length", "2").data(1, true, "hi").send();
      Http2Caller.Answer answer = caller.answer(1);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("ok");
    }
  }

  /** Returns how many bytes of buffers the router holds. */
  long usedMemory() {
    return allocator.metric().usedDirectMemory();
  }

  int events(String event) {
    return router.meters().count(event);
  }

  /** Says that the router has been told to leave: it answers nobody any more. */
  void hasLeft() {
    left = true;
  }

  @Override
  public void close() throws IOException, Http2Exception {
    if (!left) {
      answersOthers();
    }
    Soon.become("all slots are free", () -> router.load().inFlight() == 0);
    replica.close();
    Soon.become("nobody is connected", () -> router.proxy().connections() == 0);
    Soon.become("all buffers are back", () -> allocator.metric().usedDirectMemory() == 0);
    assertThat(events("UNEXPECTED_EXCEPTION")).isZero();
    router.close();
  }
}
