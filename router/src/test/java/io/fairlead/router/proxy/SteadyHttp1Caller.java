package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;

/** A caller of HTTP/1.1 whose every answer looks like the first, and is told from its length. */
final class SteadyHttp1Caller implements AllocationTest.Caller {
  private static final byte[] REQUEST =
      ("POST "
              + TestRouter.SCORE
              + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 2\r\n\r\n"
              + QuickReplica.BODY)
          .getBytes(ISO_8859_1);
  private static final byte[] GOOD = "HTTP/1.1 200 ".getBytes(ISO_8859_1);

  private final Socket socket;
  private final byte[] buffer = new byte[4_096];
  private int answerLength;

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

  private boolean isComplete(int length) {
    if (answerLength > 0) {
      return length >= answerLength;
    }
    boolean complete =
        new String(buffer, 0, length, ISO_8859_1).endsWith("\r\n\r\n" + QuickReplica.BODY);
    answerLength = complete ? length : 0;
    return complete;
  }
}
