package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class Http2ClosedStreamsTest {
  private final Http2ClosedStreams closed = new Http2ClosedStreams();

  @Test
  void tellsResetFromEnded() {
    closed.add(1, true);
    closed.add(3, false);
    assertThat(closed.wasReset(1)).isTrue();
    assertThat(closed.hasEnded(1)).isFalse();
    assertThat(closed.wasReset(3)).isFalse();
    assertThat(closed.hasEnded(3)).isTrue();
    assertThat(closed.hasEnded(5)).isFalse();
  }

  @Test
  void remembersTheLast256() {
    for (int i = 0; i < 10_000; i++) {
      closed.add(1 + 2 * i, true);
      assertThat(closed.wasReset(1 + 2 * i)).isTrue();
      assertThat(closed.wasReset(1 + 2 * (i - 255))).isEqualTo(i >= 255);
      assertThat(closed.wasReset(1 + 2 * (i - 256))).isFalse();
    }
  }
}
