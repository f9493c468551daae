package io.fairlead.router.proxy;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which call each stream of one connection carries. */
final class Http2Calls<C extends Http2Flow> {
  final Http2Connection connection;
  private final Http2Connection.PropertyKey key;

  Http2Calls(Http2Connection connection) {
    this.connection = connection;
    this.key = connection.newKey();
  }

  /** Returns the call of {@code stream}; null for the connection itself and where there is none. */
  @Nullable C of(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(key);
  }

  /** Returns the call of the stream of this number; null if there is none any more. */
  @Nullable C of(int stream) {
    return of(connection.stream(stream));
  }

  /** Visits every call whose stream has not ended; it may end streams. */
  void forEach(Consumer<? super C> visitor) {
    try {
      connection.forEachActiveStream(
          stream -> {
            C call = of(stream);
            if (call != null) {
              visitor.accept(call);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e); // no visitor throws it
    }
  }

  void put(Http2Stream stream, C call) {
    stream.setProperty(key, call);
  }

  /** Returns the call of a stream that has ended, and forgets it: it may carry another now. */
  @Nullable C remove(Http2Stream stream) {
    return stream.removeProperty(key);
  }
}
