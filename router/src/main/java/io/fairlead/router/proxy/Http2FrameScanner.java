package io.fairlead.router.proxy;

import static io.netty.handler.codec.http2.Http2Error.FRAME_SIZE_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Exception.connectionError;
import static io.netty.handler.codec.http2.Http2Exception.streamError;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameSizePolicy;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one connection (RFC 9113 4 and 6), whole ones only.
 *
 * <p>Unlike the codec's own reader it makes no object per frame, counts every frame with the
 * connection's {@link Http2Guard}, and knows since when a field block is incomplete.
 */
final class Http2FrameScanner
    implements Http2FrameReader, Http2FrameReader.Configuration, Http2FrameSizePolicy {
  private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
  private static final int PRIORITY_LENGTH = 5;

  /** What becomes of the frames of one side's streams. */
  interface Streams {
    /** Prepares for the fields of a block. */
    void beginBlock(int stream);

    /** Returns what the codec is shown of the fields of the last block, which went elsewhere. */
    Http2Headers shownToCodec();

    /** Returns whether HEADERS on this stream mean anything; throws where they must not come. */
    boolean takesHeaders(int stream) throws Http2Exception;

    /** Returns whether DATA on this stream means anything; accounts for it where it does not. */
    boolean takesData(int stream, int flowBytes) throws Http2Exception;

    /** The peer takes no streams any more, and none above {@code lastStream}. */
    void onGoAway(int lastStream, long errorCode) throws Http2Exception;

    /** Returns how many control frames the peer has not made room for. */
    int waitingControlFrames();
  }

  private final Http2FieldReader<?> fields;
  private final Http2FieldTable table;
  private final Http2Guard guard;
  private final Streams streams;
  private int maxFrameBytes;
  private boolean broken;

  private int type;
  private int flags;
  private int stream;
  private int length;
  private boolean frameIsPartial;

  private @Nullable ByteBuf block; // the field block so far, where more pieces must come
  private int blockStream;
  private int blockFlags;
  private int blockDependency;
  private int pieces;

  Http2FrameScanner(
      Http2FieldReader<?> fields,
      Http2FieldTable table,
      Http2Guard guard,
      Streams streams,
      int maxFrameBytes) {
    this.fields = fields;
    this.table = table;
    this.guard = guard;
    this.streams = streams;
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  public void readFrame(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    try {
      frameIsPartial = false;
      while (!broken && in.readableBytes() >= HEADER) {
        int start = in.readerIndex();
        length = in.getUnsignedMedium(start);
        if (length > maxFrameBytes) {
          throw connectionError(FRAME_SIZE_ERROR, "frame: %d bytes", length);
        }
        type = in.getUnsignedByte(start + 3);
        if (in.readableBytes() < HEADER + length) {
          frameIsPartial = true;
          return;
        }
        flags = in.getUnsignedByte(start + 4);
        stream = in.getInt(start + 5) & Integer.MAX_VALUE;
        in.skipBytes(HEADER);
        try {
          read(context, in, listener);
        } finally {
          in.readerIndex(start + HEADER + length);
        }
      }
      if (broken) {
        in.skipBytes(in.readableBytes());
      }
    } catch (Http2Exception e) {
      broken |= !Http2Exception.isStreamError(e);
      throw e;
    }
  }

  /** Drops everything from here on: the connection has failed. */
  void stop() {
    broken = true;
  }

  /** Returns whether a field block has begun whose end has not come, or its first frame has. */
  boolean isInFieldBlock() {
    return block != null || (frameIsPartial && type == Http2FrameTypes.HEADERS);
  }

  private void read(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    if (block != null && (type != Http2FrameTypes.CONTINUATION || stream != blockStream)) {
      throw connectionError(PROTOCOL_ERROR, "frame of type %d within a field block", type);
    }
    switch (type) {
      case Http2FrameTypes.DATA -> data(context, in, listener);
      case Http2FrameTypes.HEADERS -> headers(context, in, listener);
      case Http2FrameTypes.CONTINUATION -> continuation(context, in, listener);
      case Http2FrameTypes.PRIORITY -> priority(in);
      case Http2FrameTypes.RST_STREAM -> {
        require(length == 4, FRAME_SIZE_ERROR);
        require(stream != 0, PROTOCOL_ERROR);
        listener.onRstStreamRead(context, stream, in.readUnsignedInt());
      }
      case Http2FrameTypes.SETTINGS -> settings(context, in, listener);
      case Http2FrameTypes.PING -> ping(context, in, listener);
      case Http2FrameTypes.GO_AWAY -> {
        require(length >= 8, FRAME_SIZE_ERROR);
        require(stream == 0, PROTOCOL_ERROR);
        guard.onGoAway();
        streams.onGoAway(in.readInt() & Integer.MAX_VALUE, in.readUnsignedInt());
      }
      case Http2FrameTypes.WINDOW_UPDATE -> windowUpdate(context, in, listener);
      case Http2FrameTypes.PUSH_PROMISE ->
          throw connectionError(PROTOCOL_ERROR, "PUSH_PROMISE, which nobody allowed");
      default -> guard.glitch(); // RFC 9113 4.1: ignored
    }
  }

  private void require(boolean condition, Http2Error error) throws Http2Exception {
    if (!condition) {
      throw connectionError(error, "frame: type %d, length %d, stream %d", type, length, stream);
    }
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private void data(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    require(stream != 0, PROTOCOL_ERROR);
    int padding = padding(in, length);
    int count = length - padding;
    boolean last = has(Http2Flags.END_STREAM);
    guard.onData(count, last);
    if (streams.takesData(stream, length)) {
      // retained, it is a recycled object, and so is what the body keeps of it: 92 bytes less
      ByteBuf piece = in.readRetainedSlice(count);
      try {
        listener.onDataRead(context, stream, piece, padding, last);
      } finally {
        piece.release();
      }
    }
  }

  /** Reads how many bytes of a frame are padding, with the one that says so. */
  private int padding(ByteBuf in, int payload) throws Http2Exception {
    if (!has(Http2Flags.PADDED)) {
      return 0;
    }
    require(payload >= 1, FRAME_SIZE_ERROR);
    int padding = in.readUnsignedByte() + 1;
    require(padding <= payload, PROTOCOL_ERROR);
    return padding;
  }

  private void headers(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    require(stream != 0, PROTOCOL_ERROR);
    int count = length - padding(in, length);
    blockDependency = 0;
    if (has(Http2Flags.PRIORITY)) {
      require(count >= PRIORITY_LENGTH, FRAME_SIZE_ERROR);
      blockDependency = in.readInt() & Integer.MAX_VALUE;
      in.skipBytes(1);
      count -= PRIORITY_LENGTH;
    }
    blockStream = stream;
    blockFlags = flags;
    pieces = 0;
    if (has(Http2Flags.END_HEADERS)) {
      endBlock(context, in, count, listener);
    } else {
      block = context.alloc().buffer(count).writeBytes(in, count);
    }
  }

  private void continuation(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    ByteBuf whole = block;
    if (whole == null) {
      throw connectionError(PROTOCOL_ERROR, "CONTINUATION without HEADERS");
    }
    guard.onContinuation(++pieces);
    if (whole.readableBytes() + length > table.maxHeaderListSizeGoAway()) {
      throw guard.largeBlock();
    }
    whole.writeBytes(in, length);
    if (has(Http2Flags.END_HEADERS)) {
      block = null;
      try {
        endBlock(context, whole, whole.readableBytes(), listener);
      } finally {
        whole.release();
      }
    }
  }

  /** Decodes a whole block, even of a stream that is refused: the next one builds on it. */
  private void endBlock(
      ChannelHandlerContext context, ByteBuf whole, int count, Http2FrameListener listener)
      throws Http2Exception {
    boolean last = (blockFlags & Http2Flags.END_STREAM) != 0;
    streams.beginBlock(blockStream);
    fields.read(table, whole, count);
    if (blockDependency == blockStream) {
      throw streamError(blockStream, PROTOCOL_ERROR, "depends on itself");
    }
    if (streams.takesHeaders(blockStream)) {
      listener.onHeadersRead(context, blockStream, streams.shownToCodec(), 0, last);
    }
  }

  private void priority(ByteBuf in) throws Http2Exception {
    require(stream != 0, PROTOCOL_ERROR);
    if (length != PRIORITY_LENGTH) {
      throw streamError(stream, FRAME_SIZE_ERROR, "PRIORITY: %d bytes (expected: 5)", length);
    }
    guard.onPriority();
    if ((in.readInt() & Integer.MAX_VALUE) == stream) {
      throw streamError(stream, PROTOCOL_ERROR, "depends on itself");
    }
  }

  private void settings(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    require(stream == 0, PROTOCOL_ERROR);
    if (has(Http2Flags.ACK)) {
      require(length == 0, FRAME_SIZE_ERROR);
      guard.onAck();
      listener.onSettingsAckRead(context);
      return;
    }
    require(length % Http2SettingsFrame.ENTRY == 0, FRAME_SIZE_ERROR);
    guard.onSettings();
    listener.onSettingsRead(context, Http2SettingsFrame.read(in, length));
    guard.onWaiting(streams.waitingControlFrames());
  }

  private void ping(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    require(stream == 0, PROTOCOL_ERROR);
    require(length == 8, FRAME_SIZE_ERROR);
    if (has(Http2Flags.ACK)) {
      guard.onAck();
      listener.onPingAckRead(context, in.readLong());
    } else {
      guard.onPing();
      guard.onWaiting(streams.waitingControlFrames());
      listener.onPingRead(context, in.readLong());
    }
  }

  private void windowUpdate(ChannelHandlerContext context, ByteBuf in, Http2FrameListener listener)
      throws Http2Exception {
    require(length == 4, FRAME_SIZE_ERROR);
    guard.onWindowUpdate();
    int increment = in.readInt() & Integer.MAX_VALUE;
    if (increment == 0) {
      if (stream == 0) {
        throw connectionError(PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      }
      throw streamError(stream, PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
    }
    listener.onWindowUpdateRead(context, stream, increment);
  }

  @Override
  public void close() {
    broken = true;
    if (block != null) {
      block.release();
      block = null;
    }
  }

  @Override
  public Configuration configuration() {
    return this;
  }

  @Override
  public Http2HeadersDecoder.Configuration headersConfiguration() {
    return table;
  }

  @Override
  public Http2FrameSizePolicy frameSizePolicy() {
    return this;
  }

  @Override
  public void maxFrameSize(int max) {
    maxFrameBytes = max;
  }

  @Override
  public int maxFrameSize() {
    return maxFrameBytes;
  }
}
