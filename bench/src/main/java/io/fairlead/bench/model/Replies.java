package io.fairlead.bench.model;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The bytes of all answers, made once and written as often as asked for. */
final class Replies {
  private final ByteBuf good;
  private final ByteBuf error;
  private final ByteBuf streamHead;
  private final ByteBuf event;
  private final ByteBuf streamEnd;

  Replies(int contentBytes) {
    String content = "x".repeat(contentBytes);
    good = reply("200 OK", content);
    error = reply("500 Internal Server Error", "the model failed");
    streamHead = bytes(head("200 OK", "text/event-stream", "Transfer-Encoding: chunked"));
    String data = "data: " + content + "\n\n";
    event = bytes(Integer.toHexString(data.length()) + "\r\n" + data + "\r\n");
    streamEnd = bytes("0\r\n\r\n");
  }

  private static ByteBuf reply(String status, String content) {
    String length = "Content-Length: " + content.length();
    return bytes(head(status, "application/json", length) + content);
  }

  private static String head(String status, String type, String framing) {
    return String.join("\r\n", "HTTP/1.1 " + status, "Content-Type: " + type, framing, "", "");
  }

  /** Releasing these does nothing: they live as long as the process. */
  private static ByteBuf bytes(String text) {
    byte[] ascii = text.getBytes(US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(ascii.length).writeBytes(ascii).asReadOnly());
  }

  ByteBuf good() {
    return good.duplicate();
  }

  ByteBuf error() {
    return error.duplicate();
  }

  ByteBuf streamHead() {
    return streamHead.duplicate();
  }

  ByteBuf event() {
    return event.duplicate();
  }

  ByteBuf streamEnd() {
    return streamEnd.duplicate();
  }
}
