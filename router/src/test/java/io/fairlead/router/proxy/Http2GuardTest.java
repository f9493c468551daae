package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.model.Limits;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class Http2GuardTest {
  private final TestRouter.Meters meters = new TestRouter.Meters(true);
  private final Http2Guard guard = new Http2Guard(Limits.Http2.DEFAULT, meters);

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private void assertFlood(ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            Http2Exception.class,
            e -> {
              assertThat(e.error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
              assertThat(Http2Exception.isStreamError(e)).isFalse();
            });
    assertThat(meters.count("HTTP2_FLOOD")).isEqualTo(1);
  }

  @Test
  void allowsTwoHundredResetsIn30Seconds() throws Http2Exception {
    for (int i = 0; i < 200; i++) {
      guard.onResetByPeer(seconds(29));
    }
    assertFlood(() -> guard.onResetByPeer(seconds(58)));
  }

  @Test
  void forgetsResetsAfter30Seconds() throws Http2Exception {
    for (int i = 0; i < 2_000; i++) {
      guard.onResetByUs(seconds(i / 100 * 15));
    }
    assertThat(meters.count("HTTP2_FLOOD")).isZero();
  }

  @Test
  void allowsOneEmptyDataFrameInARow() throws Http2Exception {
    for (int i = 0; i < 1_000; i++) {
      guard.onData(0, false);
      guard.onData(1, false);
    }
    guard.onData(0, false);
    guard.onData(0, true);
    guard.onData(0, false);
    assertFlood(() -> guard.onData(0, false));
  }

  @Test
  void allowsSixteenContinuations() throws Http2Exception {
    guard.onContinuation(16);
    assertFlood(() -> guard.onContinuation(17));
  }

  @Test
  void allowsAThousandGlitchesAndIsWearyBefore() throws Http2Exception {
    for (int i = 0; i < 749; i++) {
      guard.glitch();
    }
    assertThat(guard.isWeary()).isFalse();
    guard.glitch();
    assertThat(guard.isWeary()).isTrue();
    for (int i = 750; i < 1_000; i++) {
      guard.glitch();
    }
    assertFlood(guard::glitch);
    assertThat(meters.events.get(ProxyEvent.HTTP2_GLITCH)).hasValue(1_001);
  }

  @Test
  void countsNothingThatComesInProportionToRequests() throws Http2Exception {
    for (int i = 0; i < 10_000; i++) {
      guard.onRequest();
      guard.onSettings();
      guard.onPing();
      guard.onData(16_384, false);
      guard.onPing();
      guard.onPriority();
      guard.onDataSent();
      guard.onWindowUpdate();
      guard.onWindowUpdate();
      guard.expectAck();
      guard.onAck();
    }
    guard.onGoAway();
    assertThat(meters.count("HTTP2_GLITCH")).isZero();
  }
}
