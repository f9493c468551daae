package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.model.Endpoint;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opening handshakes of WebSockets as bytes, with the example of RFC 6455 1.3. */
final class WebSockets {
  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + ACCEPT
          + "\r\n\r\n";

  private static final Pattern SENT_KEY = Pattern.compile("(?i)sec-websocket-key: (\\S+)");
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSockets() {}

  /** Returns the endpoint with WebSockets allowed, or not. */
  static Endpoint allowed(Endpoint e, boolean webSocket) {
    return new Endpoint(
        e.namespace(),
        e.name(),
        e.access(),
        e.traffic(),
        e.allowedPaths(),
        webSocket,
        e.publicBaseUrl());
  }

  /** Returns a request for a WebSocket at the score path, with more fields. */
  static String upgrade(String... more) {
    String[] fields = {
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: " + KEY
    };
    return Caller.head("GET " + TestRouter.SCORE, fields, more);
  }

  /** Appends the same over HTTP/2 (RFC 8441 5). */
  static Http2Caller connect(Http2Caller caller, int stream, String... more) {
    String[] fields = connect("websocket", TestRouter.SCORE, "sec-websocket-version", "13");
    String[] all = Arrays.copyOf(fields, fields.length + more.length);
    System.arraycopy(more, 0, all, fields.length, more.length);
    return caller.headers(stream, false, all);
  }

  /** Returns the fields of an extended CONNECT. */
  static String[] connect(String protocol, String path, String... more) {
    String[] first = {
      ":method", "CONNECT",
      ":protocol", protocol,
      ":scheme", "http",
      ":authority", "models.test",
      ":path", path
    };
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  /** Returns the agreement to the key in {@code head}, whatever it is. */
  static String agreement(String head) {
    Matcher key = SENT_KEY.matcher(head);
    if (!key.find()) {
      throw new AssertionError("no key in: " + head);
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest((key.group(1) + GUID).getBytes(US_ASCII));
      return AGREED.replace(ACCEPT, Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
