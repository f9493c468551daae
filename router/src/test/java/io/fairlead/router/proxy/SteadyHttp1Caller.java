package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;

/** A caller of HTTP/1.1 that asks one question after the other and knows the end of each answer. */
final class SteadyHttp1Caller implements AllocationTest.Caller {
  private static final byte[] REQUEST =
      ("POST "
              + TestRouter.SCORE
              + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 2\r\n\r\n"
              + QuickReplica.BODY)
          .getBytes(ISO_8859_1);
  private static final byte[] END = ("\r\n\r\n" + QuickReplica.BODY).getBytes(ISO_8859_1);
  private static final byte[] GOOD = "HTTP/1.1 200 ".getBytes(ISO_8859_1);

  private final Socket socket;
  private final byte[] buffer = new byte[4_096];

  SteadyHttp1Caller(Socket socket) {
    this.socket = socket;
  }

  @Override
  public void call() throws IOException {
    socket.getOutputStream().write(REQUEST);
    int length = 0;
    do {
      int n = socket.getInputStream().read(buffer, length, buffer.length - length);
      if (n < 0) {
        throw new IOException("connection: closed (expected: an answer)");
      }
      length += n;
    } while (!isComplete(length));
    if (!Arrays.equals(buffer, 0, GOOD.length, GOOD, 0, GOOD.length)) {
      throw new IOException(new String(buffer, 0, length, ISO_8859_1) + " (expected: 200)");
    }
  }

  /** Answers differ in length, by the digits of the model's time. */
  private boolean isComplete(int length) {
    int from = Math.max(0, length - END.length);
    return Arrays.equals(buffer, from, length, END, 0, END.length);
  }
}
