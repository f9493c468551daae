package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/** The form of text in the field {@code grpc-message}: percent-encoded UTF-8. */
final class GrpcMessage {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private GrpcMessage() {}

  static String encode(String text) {
    var encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.toHexDigits(b));
      }
    }
    return encoded.toString();
  }
}
