package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context, level 1, section 3.2: what is a traceparent and what is none. */
class TraceParentTest {
  private static final String GOOD =
      "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like",
      })
  void goodOneIsPassedOnAsItIs(String value) {
    Head head = Heads.of("traceparent: " + value, "tracestate: a=1", "tracestate: b=2");
    ForwardRules.request(head, false, false);
    assertThat(Heads.kept(head)).containsExactly("traceparent", "tracestate", "tracestate");
    int id = TraceParent.traceId(head);
    assertThat(head.text(id, id + TraceParent.TRACE_ID_LENGTH))
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @ParameterizedTest
  @CsvSource({"00, false", "01, true", "02, false", "03, true", "0a, false", "0f, true"})
  void itsLastBitSaysWhetherItIsRecorded(String flags, boolean sampled) {
    Head head = Heads.of(GOOD.substring(0, GOOD.length() - 2) + flags);
    assertThat(TraceParent.isSampled(head, TraceParent.traceId(head))).isEqualTo(sampled);
  }

  @Test
  void aSpanOfOurOwnIsBelowIt() {
    Head head = Heads.of(GOOD.replace(": 00-", ": cc-") + "-more");
    var span = new TraceContext();
    span.child(head, TraceParent.traceId(head), 0xffL);
    assertThat(new String(span.traceParent(), US_ASCII))
        .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-00000000000000ff-01");
    assertThat(span.parentSpanId()).isEqualTo("b7ad6b7169203331");
    span.root(0, 0, 0);
    assertThat(new String(span.traceParent(), US_ASCII))
        .as("an id of zeros alone is none")
        .isEqualTo("00-00000000000000000000000000000001-0000000000000001-01");
    assertThat(span.parentSpanId()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333x-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
      })
  void badOneIsDroppedWithItsState(String value) {
    Head head = Heads.of("traceparent: " + value, "tracestate: a=1", "accept: a");
    ForwardRules.request(head, false, false);
    assertThat(Heads.kept(head)).containsExactly("accept");
    assertThat(TraceParent.traceId(head)).isEqualTo(-1);
  }

  @Test
  void twoAreAsGoodAsNone() {
    Head head = Heads.of(GOOD, GOOD, "tracestate: a=1", "accept: a");
    ForwardRules.request(head, false, false);
    assertThat(Heads.kept(head)).containsExactly("accept");
  }

  @Test
  void stateWithoutAParentIsDropped() {
    Head head = Heads.of("tracestate: a=1", "accept: a");
    ForwardRules.request(head, false, false);
    assertThat(Heads.kept(head)).containsExactly("accept");
  }
}
