package io.fairlead.bench.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/** The one request that a caller sends again and again, in the forms of both versions. */
public final class Request {
  private static final String AUTHORITY = "localhost";

  private final ByteBuf http1;
  private final ByteBuf body;
  private final Http2Headers http2Head;

  /** A POST of {@code bodyBytes} bytes of JSON. */
  public Request(String path, boolean tls, int bodyBytes) {
    String content = "\"" + "x".repeat(Math.max(0, bodyBytes - 2)) + "\"";
    body = bytes(content);
    http1 =
        bytes(
            "POST "
                + path
                + " HTTP/1.1\r\nhost: "
                + AUTHORITY
                + "\r\ncontent-type: application/json\r\ncontent-length: "
                + content.length()
                + "\r\n\r\n"
                + content);
    http2Head =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme(tls ? "https" : "http")
            .authority(AUTHORITY)
            .path(AsciiString.of(path))
            .add(AsciiString.of("content-type"), AsciiString.of("application/json"))
            .addInt(AsciiString.of("content-length"), content.length());
  }

  private static ByteBuf bytes(String text) {
    byte[] ascii = text.getBytes(US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(ascii.length).writeBytes(ascii).asReadOnly());
  }

  ByteBuf http1() {
    return http1.duplicate();
  }

  ByteBuf body() {
    return body.duplicate();
  }

  Http2Headers http2Head() {
    return http2Head;
  }
}
