package io.fairlead.router.proxy;

import io.netty.handler.codec.http2.Http2Exception;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A caller that asks one question after another on one connection, for rules that hold for both
 * versions of HTTP.
 */
interface Asker extends Closeable {
  /** What it speaks. */
  enum Version {
    HTTP1,
    HTTP2;

    Asker connect(int port) throws IOException {
      return switch (this) {
        case HTTP1 -> new OverHttp1(Caller.connect(port));
        case HTTP2 -> new OverHttp2(Http2Caller.connect(port));
      };
    }
  }

  /**
   * Sends a request and reads its answer.
   *
   * @param fields each as {@code name: value}, with names in lower case
   */
  Answer ask(String method, String target, String body, String... fields) throws IOException;

  /** Scores a small body. */
  default Answer score(String... fields) throws IOException {
    return ask("POST", TestRouter.SCORE, "{}", fields);
  }

  /** Asks by HTTP/1.1. */
  record OverHttp1(Caller caller) implements Asker {
    @Override
    public Answer ask(String method, String target, String body, String... fields)
        throws IOException {
      String[] length =
          body.isEmpty() ? new String[0] : new String[] {"content-length: " + body.length()};
      caller.send(Caller.head(method + " " + target, fields, length) + body);
      return method.equals("HEAD") ? caller.answerToHead() : caller.answer();
    }

    @Override
    public void close() throws IOException {
      caller.close();
    }
  }

  /** Asks by HTTP/2. */
  final class OverHttp2 implements Asker {
    private final Http2Caller caller;
    private int stream = -1;

    OverHttp2(Http2Caller caller) {
      this.caller = caller;
    }

    @Override
    public Answer ask(String method, String target, String body, String... fields)
        throws IOException {
      stream += 2;
      List<String> all =
          new ArrayList<>(
              List.of(
                  ":method",
                  method,
                  ":scheme",
                  "http",
                  ":authority",
                  "models.test",
                  ":path",
                  target));
      for (String field : fields) {
        int colon = field.indexOf(':');
        all.add(field.substring(0, colon).toLowerCase(Locale.ROOT));
        all.add(field.substring(colon + 1).strip());
      }
      caller.headers(stream, body.isEmpty(), all.toArray(String[]::new));
      if (!body.isEmpty()) {
        caller.data(stream, true, body);
      }
      caller.send();
      try {
        return Answer.of(caller.answer(stream));
      } catch (Http2Exception e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      caller.close();
    }
  }
}
