package io.fairlead.router.proxy;

import io.netty.handler.codec.http2.Http2Exception;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One request on a connection of its own, whose answer a test reads when it likes: for rules that
 * hold for both versions of HTTP.
 */
interface OpenCall extends Closeable {
  /** What it speaks. */
  enum Version {
    HTTP1,
    HTTP2;

    /**
     * Scores {@code body}.
     *
     * @param fields each as {@code name: value}
     */
    OpenCall score(Stage stage, String body, String... fields) throws IOException {
      OpenCall call = head(stage, body.length(), fields);
      return body.isEmpty() ? call : call.body(body, true);
    }

    /** Sends the head of a request whose body, of {@code length} bytes, a test sends itself. */
    OpenCall head(Stage stage, int length, String... fields) throws IOException {
      OpenCall call =
          switch (this) {
            case HTTP1 -> new OverHttp1(Caller.connect(stage.port()), length, fields);
            case HTTP2 -> new OverHttp2(Http2Caller.connect(stage.port()), length, fields);
          };
      stage.closes(call);
      return call;
    }
  }

  /** Sends some of the body; {@code last} says that this is the end of it. */
  OpenCall body(String part, boolean last) throws IOException;

  /** Reads the answer, waiting for it. */
  Answer answer() throws IOException;

  /** Waits until the answer begins. */
  void awaitHead() throws IOException;

  /** Leaves without waiting for the answer. */
  default void leave() throws IOException {
    close();
  }

  /** By HTTP/1.1. */
  final class OverHttp1 implements OpenCall {
    private final Caller caller;

    OverHttp1(Caller caller, int length, String... fields) throws IOException {
      this.caller = caller;
      caller.send(Caller.head("POST " + TestRouter.SCORE, fields, "Content-Length: " + length));
    }

    @Override
    public OpenCall body(String part, boolean last) throws IOException {
      caller.send(part);
      return this;
    }

    @Override
    public Answer answer() throws IOException {
      return caller.answer();
    }

    @Override
    public void awaitHead() throws IOException {
      caller.read(1);
    }

    @Override
    public void close() throws IOException {
      caller.close();
    }
  }

  /** By HTTP/2, on the first stream. */
  final class OverHttp2 implements OpenCall {
    private final Http2Caller caller;

    OverHttp2(Http2Caller caller, int length, String... fields) throws IOException {
      this.caller = caller;
      List<String> more = new ArrayList<>();
      if (length > 0) {
        more.addAll(List.of("content-length", Integer.toString(length)));
      }
      for (String field : fields) {
        int colon = field.indexOf(':');
        more.add(field.substring(0, colon).toLowerCase(Locale.ROOT));
        more.add(field.substring(colon + 1).strip());
      }
      caller.post(1, length == 0, more.toArray(String[]::new)).send();
    }

    @Override
    public OpenCall body(String part, boolean last) throws IOException {
      int most = 16_384;
      for (int at = 0; at < part.length(); at += most) {
        int end = Math.min(part.length(), at + most);
        caller.data(1, last && end == part.length(), part.substring(at, end));
      }
      caller.send();
      return this;
    }

    @Override
    public Answer answer() throws IOException {
      try {
        return Answer.of(caller.answer(1));
      } catch (Http2Exception e) {
        throw new IOException(e);
      }
    }

    @Override
    public void awaitHead() throws IOException {
      caller.await(Http2Caller.HEADERS);
    }

    @Override
    public void leave() throws IOException {
      caller.putInt(Http2Caller.RST_STREAM, 0, 1, Http2Scene.CANCEL).send();
    }

    @Override
    public void close() throws IOException {
      caller.close();
    }
  }
}
