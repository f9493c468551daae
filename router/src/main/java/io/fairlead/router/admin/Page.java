package io.fairlead.router.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

/** One answer of the admin port. */
@SuppressWarnings("ArrayRecordComponent") // never compared; the bytes are never written to
record Page(int status, String contentType, byte[] body) {
  static Page text(int status, String line) {
    return new Page(status, "text/plain; charset=utf-8", (line + "\n").getBytes(UTF_8));
  }

  static Page html(String html) {
    return new Page(200, "text/html; charset=utf-8", html.getBytes(UTF_8));
  }

  static Page csv(String lines) {
    return new Page(200, "text/csv; charset=utf-8", lines.getBytes(UTF_8));
  }

  static Page json(byte[] json) {
    return new Page(200, "application/json", json);
  }
}
