package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.Replica;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * The frames that one connection writes in one turn of its loop, gathered in one buffer.
 *
 * <p>Writing cannot fail and is done when the method returns, so no frame costs a promise. Order is
 * that of the calls. The buffer goes to the channel at the end of the turn, see {@link #send}.
 */
final class Http2Output implements Http2FrameWriter.Configuration, FlushBatch.Flushable {
  private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
  private static final int END_STREAM = Http2Flags.END_STREAM;
  private static final int END_HEADERS = Http2Flags.END_HEADERS;

  private final ByteBufAllocator allocator;
  private final Http2FieldWriter fields = new Http2FieldWriter();
  private final FlushBatch flushes;
  private final FrameSize frameSize;
  private @Nullable Owner owner;
  private boolean marked;
  private @Nullable ByteBuf batch;
  private int expectedBytes = 1024;
  private int controlFrames;
  private boolean closed;

  /**
   * Creates the output of a connection.
   *
   * @param maxFrameBytes of a frame, even where the peer takes larger ones
   */
  Http2Output(ByteBufAllocator allocator, FlushBatch flushes, int maxFrameBytes) {
    this.allocator = allocator;
    this.flushes = flushes;
    this.frameSize = new FrameSize(maxFrameBytes);
  }

  /** The connection whose frames these are. */
  interface Owner {
    /** Sends what was written. */
    void flushNow();
  }

  /** Says which connection is flushed after a write. */
  void attach(Owner connection) {
    owner = connection;
  }

  // ---- messages

  /**
   * Writes the head of a request.
   *
   * @param last whether it has neither a body nor trailers
   */
  void request(int stream, Exchange exchange, Replica replica, boolean last) {
    ByteBuf to = batch();
    int start = beginFrame(to);
    fields.begin(to);
    Http2RequestFields.write(to, exchange, replica);
    endBlock(to, start, stream, last);
  }

  /**
   * Writes the head of a response.
   *
   * @param length what {@code content-length} says, or -1 for none
   */
  void head(int stream, int status, @Nullable Head head, long length, boolean last) {
    ByteBuf to = batch();
    int start = beginFrame(to);
    fields.status(to, status);
    if (head != null) {
      Http2FieldWriter.fields(to, head);
    }
    if (length >= 0) {
      Http2FieldWriter.contentLength(to, length);
    }
    endBlock(to, start, stream, last);
  }

  /** Writes the fields that end a message. */
  void trailers(int stream, Head trailers) {
    ByteBuf to = batch();
    int start = beginFrame(to);
    fields.begin(to);
    Http2FieldWriter.fields(to, trailers);
    endBlock(to, start, stream, true);
  }

  /** Writes one DATA frame, consuming {@code count} bytes of {@code body}. */
  void data(int stream, ByteBuf body, int count, boolean last) {
    ByteBuf to = batch();
    frame(to, count, Http2FrameTypes.DATA, last ? END_STREAM : 0, stream);
    to.writeBytes(body, count);
  }

  private static int beginFrame(ByteBuf to) {
    int start = to.writerIndex();
    to.ensureWritable(HEADER + 256).writerIndex(start + HEADER);
    return start;
  }

  /** Puts the frame header before a field block; one too large for a frame is cut. */
  private void endBlock(ByteBuf to, int start, int stream, boolean last) {
    int block = start + HEADER;
    int length = to.writerIndex() - block;
    int most = frameSize.bytes;
    int flags = last ? END_STREAM : 0;
    if (length <= most) {
      putFrame(to, start, length, Http2FrameTypes.HEADERS, flags | END_HEADERS, stream);
      return;
    }
    putFrame(to, start, most, Http2FrameTypes.HEADERS, flags, stream);
    ByteBuf rest = to.copy(block + most, length - most);
    to.writerIndex(block + most);
    while (rest.isReadable()) {
      int part = Math.min(rest.readableBytes(), most);
      boolean whole = part == rest.readableBytes();
      frame(to, part, Http2FrameTypes.CONTINUATION, whole ? END_HEADERS : 0, stream);
      to.writeBytes(rest, part);
    }
    rest.release();
  }

  // ---- control frames

  void reset(int stream, long errorCode) {
    control(4, Http2FrameTypes.RST_STREAM, 0, stream).writeInt((int) errorCode);
  }

  void windowUpdate(int stream, int bytes) {
    control(4, Http2FrameTypes.WINDOW_UPDATE, 0, stream).writeInt(bytes);
  }

  void ping(boolean ack, long data) {
    control(8, Http2FrameTypes.PING, ack ? Http2Flags.ACK : 0, 0).writeLong(data);
  }

  void goAway(int lastStream, long errorCode) {
    control(8, Http2FrameTypes.GO_AWAY, 0, 0).writeInt(lastStream).writeInt((int) errorCode);
  }

  void settings(Http2Settings settings) {
    ByteBuf to = control(settings.size() * 6, Http2FrameTypes.SETTINGS, 0, 0);
    for (var entry : settings.entries()) {
      to.writeShort(entry.key()).writeInt(entry.value().intValue());
    }
  }

  void settingsAck() {
    control(0, Http2FrameTypes.SETTINGS, Http2Flags.ACK, 0);
  }

  private ByteBuf control(int length, byte type, int flags, int stream) {
    controlFrames++;
    ByteBuf to = batch();
    frame(to, length, type, flags, stream);
    return to;
  }

  /** Returns how many control frames the peer has not made room for. */
  int waitingControlFrames() {
    return controlFrames;
  }

  private void frame(ByteBuf to, int length, byte type, int flags, int stream) {
    int start = to.writerIndex();
    to.ensureWritable(HEADER + length).writerIndex(start + HEADER);
    putFrame(to, start, length, type, flags, stream);
  }

  private static void putFrame(
      ByteBuf to, int start, int length, byte type, int flags, int stream) {
    to.setMedium(start, length);
    to.setByte(start + 3, type);
    to.setByte(start + 4, flags);
    to.setInt(start + 5, stream);
  }

  // ---- the batch

  private ByteBuf batch() {
    ByteBuf to = batch;
    if (to == null) {
      to = allocator.directBuffer(expectedBytes);
      batch = to;
      flushLater();
    }
    return to;
  }

  /** Returns how many bytes wait for the end of the turn. */
  int size() {
    return batch == null ? 0 : batch.readableBytes();
  }

  /** Hands the batch to the channel and has it flushed. */
  void send(ChannelHandlerContext context) {
    ByteBuf out = batch;
    if (out == null) {
      return;
    }
    batch = null;
    if (closed) {
      out.release();
      return;
    }
    // an eighth more than last time, so that a steady load seldom makes the buffer grow
    expectedBytes = Math.clamp(out.readableBytes() + (out.readableBytes() >> 3), 1024, 131_072);
    context.write(out, context.voidPromise());
    context.flush();
    if (context.channel().isWritable()) {
      controlFrames = 0;
    }
  }

  /** Has the connection flushed at the end of this turn. */
  void flushLater() {
    flushes.add(this);
  }

  @Override
  public boolean markForFlush() {
    boolean first = !marked;
    marked = true;
    return first;
  }

  @Override
  public void flushNow() {
    marked = false;
    requireNonNull(owner).flushNow();
  }

  /** What is written from here on goes nowhere. */
  void close() {
    closed = true;
    if (batch != null) {
      batch.release();
      batch = null;
    }
  }

  /** Returns the largest payload of a frame. */
  int maxFrameBytes() {
    return frameSize.bytes;
  }

  @Override
  public Http2HeadersEncoder.Configuration headersConfiguration() {
    return fields;
  }

  @Override
  public Http2FrameSizePolicy frameSizePolicy() {
    return frameSize;
  }

  /** The most that a frame may hold: what the peer takes, but no more than our own limit. */
  private static final class FrameSize implements Http2FrameSizePolicy {
    private final int limit;
    private int bytes;

    FrameSize(int limit) {
      this.limit = limit;
      this.bytes = limit;
    }

    @Override
    public void maxFrameSize(int max) {
      bytes = Math.min(max, limit);
    }

    @Override
    public int maxFrameSize() {
      return bytes;
    }
  }
}
