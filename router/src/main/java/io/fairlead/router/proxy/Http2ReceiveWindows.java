package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;
import static io.netty.handler.codec.http2.Http2Exception.streamError;

import io.fairlead.router.model.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * What the peer may send (RFC 9113 5.2).
 *
 * <p>The connection's window is given back on receipt: it bounds what is on the wire, and a stream
 * whose other side is slow holds up no other. A stream's window is given back as its bytes are
 * taken; it starts small and doubles each time half of it has been taken, so memory follows what
 * the other side drains.
 */
final class Http2ReceiveWindows implements Http2LocalFlowController {
  /** One stream's side of it. */
  static final class Window {
    private int size; // what the peer may have on its way to us, all in all
    private int open; // what it may still send
    private int taken; // what was taken and not given back yet
    private int held; // what came and was not taken
    private boolean ended;

    /** Returns how many bytes came that were not taken. */
    int held() {
      return held;
    }
  }

  private final Limits.Http2 limits;
  private final Http2Calls<? extends Http2Flow> calls;
  private final Http2Output output;
  private int initial = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private int connectionOpen;
  private int connectionTaken;

  Http2ReceiveWindows(
      Limits.Http2 limits, Http2Calls<? extends Http2Flow> calls, Http2Output output) {
    this.limits = limits;
    this.calls = calls;
    this.output = output;
  }

  /** Opens the connection's window, after the first SETTINGS. */
  void start() {
    output.windowUpdate(0, limits.connectionWindow() - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    connectionOpen = limits.connectionWindow();
  }

  /** Opens the window of a new stream. */
  void open(Window window) {
    window.size = initial;
    window.open = initial;
    window.taken = 0;
    window.held = 0;
    window.ended = false;
  }

  /** Takes DATA into account that belongs to no stream any more. */
  void receiveUnowned(int bytes) throws Http2Exception {
    connectionOpen -= bytes;
    if (connectionOpen < 0) {
      throw connectionError(FLOW_CONTROL_ERROR, "more DATA than the connection's window");
    }
    connectionTaken += bytes;
    if (connectionTaken >= limits.connectionWindow() / 2) {
      output.windowUpdate(0, connectionTaken);
      connectionOpen += connectionTaken;
      connectionTaken = 0;
    }
  }

  @Override
  public void receiveFlowControlledFrame(
      Http2Stream stream, ByteBuf data, int padding, boolean endOfStream) throws Http2Exception {
    int bytes = data.readableBytes() + padding;
    receiveUnowned(bytes);
    Http2Flow call = calls.of(stream);
    if (call == null) {
      return;
    }
    Window window = call.received;
    window.open -= bytes;
    window.held += bytes;
    window.ended |= endOfStream;
    if (window.open < 0) {
      throw streamError(stream.id(), FLOW_CONTROL_ERROR, "more DATA than the stream's window");
    }
  }

  @Override
  public boolean consumeBytes(Http2Stream stream, int numBytes) {
    Http2Flow call = calls.of(stream);
    if (call == null) {
      return false;
    }
    Window window = call.received;
    int bytes = Math.min(numBytes, window.held); // some may have been taken on the way
    window.held -= bytes;
    window.taken += bytes;
    if (window.ended || window.taken < window.size / 2) {
      return false;
    }
    int growth = Math.min(window.size, limits.maxStreamWindow() - window.size);
    window.size += growth;
    int increment = window.taken + growth;
    window.open += increment;
    window.taken = 0;
    output.windowUpdate(stream.id(), increment);
    return true;
  }

  @Override
  public int unconsumedBytes(Http2Stream stream) {
    Http2Flow call = calls.of(stream);
    return call == null ? 0 : call.received.held;
  }

  /** Our own SETTINGS are in force: only before the first stream, as we send them once. */
  @Override
  public void initialWindowSize(int newWindowSize) {
    initial = newWindowSize;
  }

  @Override
  public int initialWindowSize() {
    return initial;
  }

  @Override
  public int initialWindowSize(Http2Stream stream) {
    Http2Flow call = calls.of(stream);
    return call == null ? initial : call.received.size;
  }

  @Override
  public int windowSize(Http2Stream stream) {
    Http2Flow call = calls.of(stream);
    return call == null ? connectionOpen : call.received.open;
  }

  @Override
  public void incrementWindowSize(Http2Stream stream, int delta) {
    throw new IllegalStateException("windows grow by consumeBytes alone");
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext context) {}

  @Override
  public Http2LocalFlowController frameWriter(Http2FrameWriter writer) {
    return this;
  }
}
