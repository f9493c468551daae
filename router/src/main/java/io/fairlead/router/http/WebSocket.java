package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a WebSocket: RFC 6455 4, and RFC 8441 for HTTP/2. */
public final class WebSocket {
  private static final String KEY = "sec-websocket-key";
  private static final String VERSION = "sec-websocket-version";
  private static final String ACCEPT = "sec-websocket-accept";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private static final Refusal BAD_VERSION =
      new Refusal(
          RouterError.UPGRADE_REQUIRED,
          "sec-websocket-version: missing or other (expected: 13, once)");
  private static final Refusal BAD_KEY =
      new Refusal(
          RouterError.BAD_REQUEST,
          "sec-websocket-key: missing or malformed (expected: 16 bytes in Base64, once)");
  private static final Refusal ENDED =
      new Refusal(
          RouterError.BAD_REQUEST, "connect: at the end of its stream (expected: an open stream)");

  private WebSocket() {}

  /** Returns whether a request of HTTP/1.1 asks for one, well or not. */
  public static boolean isAskedFor(Head request) {
    // RFC 6455 4.1; RFC 9110 7.8: Upgrade is void without the connection option, and in HTTP/1.0
    return request.method() == Method.GET
        && ListField.contains(request, FieldId.UPGRADE, "websocket")
        && ListField.contains(request, FieldId.CONNECTION, "upgrade");
  }

  /** Returns what is wrong with a request that asks for a WebSocket, or null. */
  public static @Nullable Refusal check(Head request) {
    int version = only(request, VERSION);
    if (version < 0 || !request.valueIs(version, "13")) {
      return BAD_VERSION;
    }
    if (request.method() == Method.CONNECT) {
      return request.framing() == Head.Framing.NONE ? ENDED : null; // RFC 8441 5: it has no key
    }
    int key = only(request, KEY);
    return key >= 0 && isKey(request.value(key)) ? null : BAD_KEY;
  }

  private static boolean isKey(String value) {
    try {
      return value.length() == 24 && Base64.getDecoder().decode(value).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Adds the key that a request over HTTP/1.1 needs and one over HTTP/2 does not have. */
  public static void addKey(Head request, long random, long more) {
    drop(request, KEY);
    byte[] bytes = ByteBuffer.allocate(KEY_BYTES).putLong(random).putLong(more).array();
    int name = request.append(KEY);
    int value = request.append(Base64.getEncoder().encodeToString(bytes));
    request.addField(FieldId.OTHER, name, value, value, request.length());
  }

  /** Returns whether a 101 agrees to the WebSocket that {@code request} asks for. */
  public static boolean accepts(Head request, Head response) {
    int key = only(request, KEY);
    int accept = only(response, ACCEPT);
    return key >= 0
        && accept >= 0
        && ListField.contains(response, FieldId.UPGRADE, "websocket")
        && ListField.contains(response, FieldId.CONNECTION, "upgrade")
        && response.value(accept).equals(acceptOf(request.value(key)));
  }

  /** Returns the value of {@code sec-websocket-accept} that answers {@code key}. */
  static String acceptOf(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** Takes the answer to a key out of a response to HTTP/2, which has sent none. */
  public static void dropAccept(Head response) {
    drop(response, ACCEPT);
  }

  private static void drop(Head head, String name) {
    for (int i = 0; i < head.fields(); i++) {
      if (is(head, i, name)) {
        head.drop(i);
      }
    }
  }

  /** Returns the only field of this name that is not dropped; -1 if there is none or another. */
  private static int only(Head head, String name) {
    int only = -1;
    for (int i = 0; i < head.fields(); i++) {
      if (!head.isDropped(i) && is(head, i, name)) {
        if (only >= 0) {
          return -1;
        }
        only = i;
      }
    }
    return only;
  }

  private static boolean is(Head head, int i, String name) {
    return Ascii.is(head.bytes(), head.nameStart(i), head.nameEnd(i), name);
  }
}
