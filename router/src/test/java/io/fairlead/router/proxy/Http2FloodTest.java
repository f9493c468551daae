package io.fairlead.router.proxy;

import static io.fairlead.router.proxy.Http2Caller.CONTINUATION;
import static io.fairlead.router.proxy.Http2Caller.DATA;
import static io.fairlead.router.proxy.Http2Caller.HEADERS;
import static io.fairlead.router.proxy.Http2Caller.PING;
import static io.fairlead.router.proxy.Http2Caller.PRIORITY;
import static io.fairlead.router.proxy.Http2Caller.RST_STREAM;
import static io.fairlead.router.proxy.Http2Caller.SETTINGS;
import static io.fairlead.router.proxy.Http2Caller.WINDOW_UPDATE;
import static io.fairlead.router.proxy.Http2Scene.ENHANCE_YOUR_CALM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.model.Limits;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Attacks on an HTTP/2 server. Each scene ends by asking whether others are answered and whether
 * all slots and buffers came back.
 */
final class Http2FloodTest {
  /** Attacks of which each frame alone is harmless, or costs one stream. */
  enum Attack {
    RAPID_RESET {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true).putInt(RST_STREAM, 0, 1 + 2 * i, Http2Scene.CANCEL);
      }
    },
    /** MadeYouReset: WINDOW_UPDATE of 0. */
    MADE_RESET_BY_ZERO_UPDATE {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true).putInt(WINDOW_UPDATE, 0, 1 + 2 * i, 0);
      }
    },
    /** MadeYouReset: a window above 2^31-1. */
    MADE_RESET_BY_WINDOW_OVERFLOW {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true).putInt(WINDOW_UPDATE, 0, 1 + 2 * i, Integer.MAX_VALUE);
      }
    },
    /** MadeYouReset: PRIORITY of a wrong length. */
    MADE_RESET_BY_SHORT_PRIORITY {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true).put(PRIORITY, 0, 1 + 2 * i, new byte[4]);
      }
    },
    /** MadeYouReset: a stream that depends on itself. */
    MADE_RESET_BY_PRIORITY {
      @Override
      void put(Http2Caller caller, int i) {
        byte stream = (byte) (1 + 2 * i);
        caller.post(1 + 2 * i, true);
        caller.put(
            PRIORITY, 0, 1 + 2 * i, new byte[] {0, 0, (byte) ((1 + 2 * i) >> 8), stream, 16});
      }
    },
    /** MadeYouReset: HEADERS after END_STREAM. */
    MADE_RESET_BY_HEADERS {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true).headers(1 + 2 * i, true, "late", "field");
      }
    },
    /** MadeYouReset: DATA after END_STREAM. */
    MADE_RESET_BY_DATA {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true).data(1 + 2 * i, true, "late");
      }
    },
    MALFORMED_REQUESTS {
      @Override
      void put(Http2Caller caller, int i) {
        caller.post(1 + 2 * i, true, "connection", "close");
      }
    },
    SETTINGS_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        caller.put(SETTINGS, 0, 0);
      }
    },
    PING_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        caller.put(PING, 0, 0, new byte[8]);
      }
    },
    ACK_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        caller.put(PING, 1, 0, new byte[8]).put(SETTINGS, 1, 0);
      }
    },
    PRIORITY_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        caller.put(PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 16});
      }
    },
    WINDOW_UPDATE_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        caller.putInt(WINDOW_UPDATE, 0, 0, 1);
      }
    },
    EMPTY_DATA_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        if (i == 0) {
          caller.post(1, false);
        }
        caller.put(DATA, 0, 1);
      }
    },
    UNKNOWN_FRAMES {
      @Override
      void put(Http2Caller caller, int i) {
        caller.put(0x42, 0, 0, new byte[1]);
      }
    },
    CONTINUATION_FLOOD {
      @Override
      void put(Http2Caller caller, int i) {
        caller.put(i == 0 ? HEADERS : CONTINUATION, 0, 1, i == 0 ? caller.block("a", "b") : EMPTY);
      }
    };

    private static final byte[] EMPTY = new byte[0];

    abstract void put(Http2Caller caller, int i);
  }

  @ParameterizedTest
  @EnumSource
  void endsTheConnectionOf(Attack attack) throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      scene.replica.always(Script.reading().waitForEnd());
      for (int i = 0; i < 2_500; i++) {
        attack.put(caller, i);
      }
      caller.sendIfWanted();
      assertThat(caller.awaitEnd()).isEqualTo(ENHANCE_YOUR_CALM);
      assertThat(scene.events("HTTP2_FLOOD")).isEqualTo(1);
      try (var _ = scene.router.letTimePass()) { // a request that reached the model holds its slot
        Soon.become("all slots are free", () -> scene.router.load().inFlight() == 0);
      }
    }
  }

  @Test
  void decodesNoMoreThanItAllowsOfABomb() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      byte[] large = caller.block(":method", "GET", "x-large", "v".repeat(4_000));
      byte[] bomb = java.util.Arrays.copyOf(large, large.length + 10_000);
      java.util.Arrays.fill(bomb, large.length, bomb.length, (byte) 0xbe); // the newest entry
      caller.put(HEADERS, 5, 1, bomb).send();
      assertThat(caller.answer(1).status()).isEqualTo(431);
    }
  }

  @Test
  void refusesATableLargerThanItAllows() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      // a dynamic table size update to 65 535
      caller.put(HEADERS, 5, 1, new byte[] {0x3f, (byte) 0xe0, (byte) 0xff, 3}).send();
      assertThat(caller.awaitEnd()).isEqualTo(9); // COMPRESSION_ERROR
    }
  }

  @Test
  void endsStreamsThatNobodyReads() throws Exception {
    try (var scene = new Http2Scene(Http2FloodTest::impatient);
        var caller = scene.connect(4, 0)) {
      String body = "x".repeat(200_000);
      scene.replica.always(
          Script.respond("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body));
      for (int i = 0; i < 20; i++) {
        caller.post(1 + 2 * i, true);
      }
      caller.send();
      scene.replica.takeRequest();
      try (var _ = scene.router.letTimePass()) {
        for (int i = 0; i < 20; i++) {
          caller.await(RST_STREAM);
        }
      }
    }
  }

  @Test
  void endsFinishedStreamsThatNobodyReads() throws Exception {
    try (var scene = new Http2Scene(Http2FloodTest::impatient);
        var caller = scene.connect(4, 0)) {
      for (int i = 0; i < 20; i++) {
        caller.post(1 + 2 * i, true);
      }
      caller.send();
      scene.replica.takeRequest();
      Soon.become(
          "all are answered",
          () -> scene.router.load().inFlight() == 0 && scene.router.load().queued() == 0);
      try (var _ = scene.router.letTimePass()) {
        for (int i = 0; i < 20; i++) {
          assertThat(caller.await(RST_STREAM).intAt(0)).isEqualTo(Http2Scene.CANCEL);
        }
      }
    }
  }

  /** Heads are not flow controlled: a caller who asks on and never reads must be slowed down. */
  @Test
  void readsNoFurtherFromACallerWhoTakesNoAnswers() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      Thread asking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 90_000; i++) {
                      caller.headers(
                          1 + 2 * i,
                          true,
                          ":method",
                          "HEAD",
                          ":scheme",
                          "http",
                          ":authority",
                          "a",
                          ":path",
                          "/nowhere");
                      if (i % 500 == 499) {
                        caller.sendIfWanted();
                      }
                    }
                  });
      IntSupplier answered = () -> scene.router.meters().finished.size();
      Soon.become("many are answered", () -> answered.getAsInt() >= 100);
      await().during(Duration.ofMillis(500)).atMost(Soon.PATIENCE).until(new Unchanged(answered));
      assertThat(answered.getAsInt()).isLessThan(80_000);
      assertThat(scene.usedMemory()).isLessThan(2_000_000);
      caller.hangUp();
      asking.join();
    }
  }

  /** Whether a number is what it was when it was last looked at. */
  private static final class Unchanged implements Callable<Boolean> {
    private final IntSupplier number;
    private int last = -1;

    Unchanged(IntSupplier number) {
      this.number = number;
    }

    @Override
    public Boolean call() {
      int before = last;
      last = number.getAsInt();
      return last == before;
    }
  }

  @Test
  void endsAConnectionWhoseHeadDoesNotComplete() throws Exception {
    try (var scene = new Http2Scene();
        var caller = scene.connect()) {
      caller.put(HEADERS, 0, 1, caller.block("x-a", "b")).send();
      try (var _ = scene.router.letTimePass()) {
        assertThat(caller.awaitEnd()).isEqualTo(ENHANCE_YOUR_CALM);
      }
    }
  }

  @Test
  void endsAConnectionThatNeverBegins() throws Exception {
    try (var scene = new Http2Scene();
        var caller = Http2Caller.connectSilently(scene.port)) {
      try (var _ = scene.router.letTimePass()) {
        assertThat(caller.awaitEnd()).isEqualTo(-1);
      }
    }
  }

  @Test
  void leavesAConnectionThatIsIdle() throws Exception {
    try (var scene = new Http2Scene(Http2FloodTest::impatient);
        var caller = scene.connect()) {
      caller.post(1, true).send();
      assertThat(caller.answer(1).status()).isEqualTo(200);
      try (var _ = scene.router.letTimePass()) {
        assertThat(caller.awaitEnd()).isEqualTo(Http2Scene.NO_ERROR);
      }
    }
  }

  /** Streams end long before the connection does, whose caller answers no PING. */
  private static TestRouter.Setup impatient(TestRouter.Setup setup) {
    Limits d = Limits.DEFAULT;
    Duration soon = Duration.ofMillis(250);
    Limits.Head head = d.head();
    Limits.Body body = d.body();
    Limits.Connections c = d.connections();
    setup.limits =
        new Limits(
            new Limits.Head(
                head.maxRequestLineBytes(),
                head.maxHeadBytes(),
                head.maxFields(),
                head.maxFieldBytes(),
                soon),
            new Limits.Body(
                body.maxBytes(),
                body.minBytesPerSecond(),
                body.rateGrace(),
                soon,
                body.streamIdle(),
                body.maxTrailerBytes()),
            new Limits.Connections(
                c.maxPerListener(),
                c.maxTotal(),
                c.tlsHandshake(),
                c.maxClientHelloBytes(),
                soon.multipliedBy(2),
                c.maxRequests(),
                c.maxAge(),
                c.maxRequestsInFlight(),
                c.drainDelay(),
                c.drain()),
            d.http2(),
            d.upstream(),
            d.overload());
    return setup;
  }
}
