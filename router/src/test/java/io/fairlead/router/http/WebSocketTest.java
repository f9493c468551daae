package io.fairlead.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The opening handshake, with the example of RFC 6455 1.3. */
final class WebSocketTest {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private static Head head(String... fields) {
    var head = new Head();
    head.reset();
    for (int i = 0; i < fields.length; i += 2) {
      int name = head.append(fields[i]);
      int nameEnd = head.length();
      int value = head.append(fields[i + 1]);
      int id = FieldId.of(head.bytes(), name, nameEnd);
      head.addField(id, name, nameEnd, value, head.length());
    }
    return head;
  }

  private static Head request(String... fields) {
    Head head = head(fields);
    int start = head.append("GET");
    head.method(Method.GET, start, head.length());
    return head;
  }

  @Test
  void acceptsTheExampleOfTheSpecification() {
    assertThat(WebSocket.acceptOf(KEY)).isEqualTo(ACCEPT);
    Head request = request("Sec-WebSocket-Key", KEY, "Sec-WebSocket-Version", "13");
    assertThat(WebSocket.check(request)).isNull();
    assertThat(
            WebSocket.accepts(
                request,
                head(
                    "Upgrade",
                    "WebSocket",
                    "Connection",
                    "x, Upgrade",
                    "Sec-WebSocket-Accept",
                    ACCEPT)))
        .isTrue();
  }

  @Test
  void acceptsNoOtherAnswer() {
    Head request = request("Sec-WebSocket-Key", KEY, "Sec-WebSocket-Version", "13");
    String name = "sec-websocket-accept";
    assertThat(WebSocket.accepts(request, head("upgrade", "websocket", "connection", "upgrade")))
        .isFalse();
    assertThat(WebSocket.accepts(request, head("connection", "upgrade", name, ACCEPT))).isFalse();
    assertThat(WebSocket.accepts(request, head("upgrade", "websocket", name, ACCEPT))).isFalse();
    assertThat(
            WebSocket.accepts(
                request,
                head(
                    "upgrade",
                    "websocket",
                    "connection",
                    "upgrade",
                    name,
                    ACCEPT.toLowerCase(java.util.Locale.ROOT))))
        .isFalse();
    assertThat(
            WebSocket.accepts(
                request,
                head("upgrade", "websocket", "connection", "upgrade", name, ACCEPT, name, ACCEPT)))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "short==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZ!==", KEY + "x"})
  void refusesAKeyThatIsNone(String key) {
    assertThat(WebSocket.check(request("sec-websocket-version", "13", "sec-websocket-key", key)))
        .isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "", "13, 8"})
  void refusesAnotherVersion(String version) {
    assertThat(WebSocket.check(request("sec-websocket-version", version, "sec-websocket-key", KEY)))
        .isNotNull();
  }

  @Test
  void refusesTwoKeys() {
    assertThat(
            WebSocket.check(
                request(
                    "sec-websocket-version", "13",
                    "sec-websocket-key", KEY,
                    "sec-websocket-key", KEY)))
        .isNotNull();
  }

  @Test
  void addsAKeyInPlaceOfAnyOther() {
    Head request = request("sec-websocket-version", "13", "sec-websocket-key", "smuggled");
    WebSocket.addKey(request, 1, 2);
    assertThat(request.isDropped(1)).isTrue();
    assertThat(WebSocket.check(request)).isNull();
    assertThat(request.value(2)).isEqualTo("AAAAAAAAAAEAAAAAAAAAAg==");
  }
}
