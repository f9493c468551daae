package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Limits;
import io.fairlead.router.model.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the rule table does not hold: trailers, reuse, the layout of fields. */
class Http2RequestRulesTest {
  private final Http2RequestRules rules = new Http2RequestRules(Limits.Head.DEFAULT);
  private final Head head = new Head();

  @Test
  void trailersHaveNoPseudoHeaders() {
    assertThat(trailers("grpc-status", "0")).isNull();
    assertThat(trailers(":path", "/")).isNotNull();
    assertThat(trailers("Grpc-Status", "0")).isNotNull();
    assertThat(trailers("x", "a\rb")).isNotNull();
    assertThat(trailers("connection", "close")).isNotNull();
  }

  @Test
  void dropsTrailersThatMayNotBe() {
    assertThat(trailers("host", "h", "content-length", "5", "grpc-status", "0")).isNull();

    assertThat(Heads.kept(head)).containsExactly("grpc-status");
  }

  @Test
  void forgetsTheFaultOfTheRequestBefore() {
    rules.begin(head);
    field("X", "a");
    assertThat(rules.end(true)).isNotNull();

    rules.begin(head);
    field(":method", "GET");
    field(":scheme", "https");
    field(":authority", "h");
    field(":path", "/");
    assertThat(rules.end(true)).isNull();
    assertThat(head.method()).isEqualTo(Method.GET);
  }

  @Test
  void laysFieldsDownAsHttp1WritesThem() {
    rules.begin(head);
    field(":method", "GET");
    field(":scheme", "https");
    field(":authority", "h");
    field(":path", "/");
    field("a", "1");
    field("b", "");
    rules.end(true);

    assertThat(head.text(head.nameStart(0), head.length())).isEqualTo("a: 1\r\nb: \r\n");
  }

  private @Nullable Refusal trailers(String... namesAndValues) {
    rules.beginTrailers(head);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      field(namesAndValues[i], namesAndValues[i + 1]);
    }
    return rules.endTrailers();
  }

  private void field(String name, String value) {
    byte[] n = name.getBytes(ISO_8859_1);
    byte[] v = value.getBytes(ISO_8859_1);
    rules.field(n, 0, n.length, v, 0, v.length);
  }
}
