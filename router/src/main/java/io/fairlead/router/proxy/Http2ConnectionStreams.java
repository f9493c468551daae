package io.fairlead.router.proxy;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2MessageRules;
import io.fairlead.router.model.Limits;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection, as far as those of callers and those to models are alike: what
 * they read and write through, and how they end. Runs on the connection's loop.
 *
 * @param <C> what a stream carries
 * @param <R> the rules of what comes on it
 */
abstract sealed class Http2ConnectionStreams<C extends Http2Flow, R extends Http2MessageRules>
    extends Http2FrameAdapter implements Http2FrameScanner.Streams
    permits Http2ClientStreams, Http2Streams {
  final Loop loop;
  final Http2Connection connection;
  final Http2Guard guard;
  final Http2Output output;
  final Http2Calls<C> calls;
  final Http2ReceiveWindows receives;
  final Http2SendWindows sends;
  final Http2FieldReader<R> fields;
  final Head trailers;
  boolean isTrailers;
  int requests;
  private long endedNanos;

  Http2ConnectionStreams(Loop loop, Http2Connection connection, Http2FieldReader<R> fields) {
    Limits.Http2 limits = loop.settings.limits().http2();
    this.loop = loop;
    this.connection = connection;
    this.fields = fields;
    this.trailers = loop.http2Trailers;
    this.guard = new Http2Guard(limits, loop.recorder);
    this.output = new Http2Output(loop.allocator, loop.flushes, limits.maxFrameBytes());
    this.calls = new Http2Calls<>(connection);
    this.receives = new Http2ReceiveWindows(limits, calls, output);
    this.sends = new Http2SendWindows(loop, calls, output, guard);
    connection.addListener(
        new Http2ConnectionAdapter() {
          @Override
          public void onStreamClosed(Http2Stream stream) {
            endedNanos = loop.now();
            ended(stream, calls.remove(stream));
          }
        });
  }

  /** A stream has ended, and with it {@code call}, if it carried one. */
  abstract void ended(Http2Stream stream, @Nullable C call);

  /** Breaks a stream off. */
  final void reset(Http2Stream stream, Http2Error error) {
    if (!stream.isResetSent()) {
      resetNow(stream, error);
    }
  }

  final void resetNow(Http2Stream stream, Http2Error error) {
    output.reset(stream.id(), error.code());
    stream.resetSent();
    stream.close();
  }

  @Override
  public final int waitingControlFrames() {
    return output.waitingControlFrames();
  }

  @Override
  public final void onWindowUpdateRead(ChannelHandlerContext from, int id, int increment) {
    if (sends.canGoOn()) {
      output.flushLater();
    }
  }

  @Override
  public final void onPingRead(ChannelHandlerContext from, long data) {
    output.ping(true, data);
  }

  /** Returns when the last stream ended; 0 for none. */
  final long endedNanos() {
    return endedNanos;
  }

  /** Returns how many requests have begun. */
  final int requests() {
    return requests;
  }
}
