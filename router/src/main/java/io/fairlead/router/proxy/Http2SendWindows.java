package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;
import static io.netty.handler.codec.http2.Http2Exception.streamError;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What we may send (RFC 9113 5.2), and the responses that wait until they may go on.
 *
 * <p>DATA that fits the windows is written at once. What does not waits with its stream; streams
 * that can go on take turns of one frame each, as priorities are ignored (RFC 9113 5.3.2).
 */
final class Http2SendWindows implements Http2RemoteFlowController {
  /** What one turn of the loop gathers at most before the socket is asked. */
  private static final int BATCH_BYTES = 262_144;

  private final Loop loop;
  private final Http2Calls<? extends Http2Flow> calls;
  private final Http2Output output;
  private final Http2Guard guard;
  private final ArrayDeque<Http2Flow> ready = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private int initial = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private int pausedCalls;
  private int connectionWindow = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

  Http2SendWindows(
      Loop loop, Http2Calls<? extends Http2Flow> calls, Http2Output output, Http2Guard guard) {
    this.loop = loop;
    this.calls = calls;
    this.output = output;
    this.guard = guard;
  }

  /** Sends {@code count} bytes of {@code body}, consuming them, now or as windows allow. */
  void send(Http2Flow call, ByteBuf body, int count, boolean last) {
    if (!call.backlog.isEmpty()
        || count > Math.min(call.sendWindow, connectionWindow)
        || !hasRoom()) {
      if (call.backlog.isEmpty()) {
        call.progressNanos = loop.now();
      }
      call.backlog.keep(body, count, last, loop.allocator);
      enlist(call);
      if (canGoOn()) {
        output.flushLater(); // a piece larger than an open window: no update of it will come
      }
      return;
    }
    int rest = count;
    do {
      int part = Math.min(rest, output.maxFrameBytes());
      rest -= part;
      write(call, body, part, last && rest == 0);
    } while (rest > 0);
  }

  private void write(Http2Flow call, ByteBuf body, int count, boolean last) {
    guard.onDataSent();
    call.sendWindow -= count;
    connectionWindow -= count;
    output.data(call.id, body, count, last);
  }

  private boolean hasRoom() {
    return output.size() < BATCH_BYTES && isChannelWritable();
  }

  /** Returns whether something waits that could be sent. */
  boolean canGoOn() {
    return !ready.isEmpty() && connectionWindow > 0 && hasRoom();
  }

  private void enlist(Http2Flow call) {
    if (!call.enlisted && (call.sendWindow > 0 || call.backlog.size() == 0)) {
      call.enlisted = true;
      ready.add(call);
    }
  }

  /** Lets streams that wait go on, in turns, while there is room. */
  @Override
  public void writePendingBytes() {
    while (!ready.isEmpty() && hasRoom()) {
      Http2Flow call = ready.remove();
      call.enlisted = false;
      if (call.backlog.isEmpty()) {
        continue; // reset meanwhile
      }
      int count = call.backlog.size();
      count = Math.min(count, Math.min(call.sendWindow, connectionWindow));
      count = Math.min(count, output.maxFrameBytes());
      if (count <= 0 && call.backlog.size() > 0) {
        if (call.sendWindow > 0) {
          ready.addFirst(call); // it is the connection's window that is shut
          call.enlisted = true;
          return;
        }
        continue; // until its window opens
      }
      boolean all = count == call.backlog.size();
      write(call, call.backlog.bytes(), count, all && call.backlog.endsWithBytes());
      call.progressNanos = loop.now();
      if (all) {
        call.allSent();
      } else {
        enlist(call);
        call.resume();
      }
    }
  }

  // ---- back-pressure

  /** Returns whether the socket takes more. */
  boolean isChannelWritable() {
    return requireNonNull(context).channel().isWritable();
  }

  /** Returns what all streams together have not got into the socket. */
  long unsentBytes() {
    return output.size() + Writes.pending(requireNonNull(context).channel());
  }

  /** Counts the calls whose models wait for the caller. */
  void paused(int more) {
    pausedCalls += more;
  }

  /** The socket takes more again. */
  void resume() {
    if (pausedCalls > 0) {
      calls.forEach(Http2Flow::resume);
    }
  }

  /** Resets streams whose finished response nobody takes; their exchanges watch over no more. */
  void resetStalled(long since) {
    calls.forEach(
        call -> {
          if (call.isDone() && !call.backlog.isEmpty() && call.progressNanos <= since) {
            call.cancel();
          }
        });
  }

  // ---- windows

  @Override
  public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
    if (stream.id() == 0) {
      if (delta > Integer.MAX_VALUE - connectionWindow) {
        throw connectionError(FLOW_CONTROL_ERROR, "connection window above 2^31-1");
      }
      connectionWindow += delta;
      return;
    }
    Http2Flow call = calls.of(stream);
    if (call != null) {
      if (call.sendWindow > 0 && delta > Integer.MAX_VALUE - call.sendWindow) {
        throw streamError(stream.id(), FLOW_CONTROL_ERROR, "stream window above 2^31-1");
      }
      call.sendWindow += delta;
      goOn(call);
    }
  }

  private void goOn(Http2Flow call) {
    if (!call.backlog.isEmpty()) {
      enlist(call);
    }
  }

  /** RFC 9113 6.9.2: a change of SETTINGS moves the windows of all open streams, even below 0. */
  @Override
  public void initialWindowSize(int newWindowSize) throws Http2Exception {
    int delta = newWindowSize - initial;
    initial = newWindowSize;
    calls.connection.forEachActiveStream(
        stream -> {
          Http2Flow call = calls.of(stream);
          if (call != null) {
            if (delta > 0 && call.sendWindow > Integer.MAX_VALUE - delta) {
              throw connectionError(FLOW_CONTROL_ERROR, "stream window above 2^31-1");
            }
            call.sendWindow += delta;
            goOn(call);
          }
          return true;
        });
  }

  @Override
  public int initialWindowSize() {
    return initial;
  }

  @Override
  public int windowSize(Http2Stream stream) {
    Http2Flow call = calls.of(stream);
    return call == null ? connectionWindow : call.sendWindow;
  }

  @Override
  public boolean isWritable(Http2Stream stream) {
    Http2Flow call = calls.of(stream);
    return call != null && call.isWritable();
  }

  @Override
  public boolean hasFlowControlled(Http2Stream stream) {
    Http2Flow call = calls.of(stream);
    return call != null && !call.backlog.isEmpty();
  }

  @Override
  public void addFlowControlled(Http2Stream stream, FlowControlled payload) {
    throw new IllegalStateException("DATA is written by its call, never by the codec");
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public ChannelHandlerContext channelHandlerContext() {
    return requireNonNull(context);
  }

  @Override
  public void channelWritabilityChanged() {}

  @Override
  public void listener(Listener listener) {}

  @Override
  public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {}
}
