package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;

/**
 * {@code GET /healthz} on the data port, for load balancers that cannot probe a second port; {@code
 * GET /} is the same, because that is what Azure's asks by default.
 */
final class DataPortHealth {
  private static final byte[] PATH = "/healthz".getBytes(US_ASCII);
  private static final byte[] OK = "ok\n".getBytes(US_ASCII);
  private static final byte[] DRAINING = "draining\n".getBytes(US_ASCII);

  private DataPortHealth() {}

  /** Returns whether the head asks for the router's own health. */
  static boolean answers(Head head) {
    int length = head.pathEnd() - head.pathStart();
    boolean reads = head.method() == Method.GET || head.method() == Method.HEAD;
    if (!reads || (length != 1 && length != PATH.length)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (head.bytes()[head.pathStart() + i] != PATH[i]) {
        return false;
      }
    }
    return true;
  }

  /** Answers and returns the status that was sent. */
  static int answer(Downstream to, Head request, boolean ready) {
    var fields = new Head();
    fields.reset();
    int name = fields.append("content-type");
    int value = fields.append("text/plain");
    fields.addField(FieldId.CONTENT_TYPE, name, value, value, fields.length());
    int status = ready ? 200 : 503;
    to.answer(status, fields, request.method() == Method.HEAD, ready ? OK : DRAINING);
    return status;
  }
}
