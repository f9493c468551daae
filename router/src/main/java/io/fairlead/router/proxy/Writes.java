package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http1.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Small pieces of HTTP/1.1 that are written again and again. */
final class Writes {
  /**
   * A body up to this many bytes is copied behind its head, so that both leave in one buffer: one
   * system call without a vector, one TLS record.
   */
  static final int COPY_BELOW = 8192;

  static final ByteBuf CRLF = constant("\r\n");
  static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  static final ByteBuf CONTINUE = constant("HTTP/1.1 100 Continue\r\n\r\n");

  static final byte[] LAST_CHUNK_LINE = "0\r\n".getBytes(US_ASCII);
  static final byte[] CLOSE = "connection: close\r\n".getBytes(US_ASCII);
  static final byte[] UPGRADE = "connection: upgrade\r\nupgrade: websocket\r\n".getBytes(US_ASCII);
  static final byte[] KEEP_ALIVE = "connection: keep-alive\r\n".getBytes(US_ASCII);

  private Writes() {}

  static ByteBuf constant(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    ByteBuf direct = Unpooled.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
    return Unpooled.unreleasableBuffer(direct.asReadOnly());
  }

  /** Returns the line before a chunk of {@code size} bytes. */
  static ByteBuf chunkHead(Loop loop, int size) {
    HeadWriter line = loop.writer;
    line.reset();
    line.chunkHead(size);
    return loop.allocator.directBuffer(10).writeBytes(line.array(), 0, line.length());
  }

  /** Returns how many bytes wait in {@code channel} for its peer to read. */
  static long pending(Channel channel) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** Lets the next close be a TCP reset, with no TLS close_notify before it. */
  static void resetOnClose(ChannelHandlerContext context) {
    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    if (context.pipeline().get(SslHandler.class) != null) {
      context.pipeline().context(SslHandler.class).close();
    }
  }

  /** Sends what is written, then the end of the stream, in clear text; reading goes on. */
  static void closeOutput(Channel channel) {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            done -> {
              if (channel instanceof DuplexChannel socket && socket.isActive()) {
                socket.shutdownOutput();
              }
            });
  }

  /** Sends what is written, then the end of the stream; reading goes on. */
  static void closeOutput(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    context.flush(); // behind its close_notify TLS drops what was not flushed
    ChannelFuture sent =
        tls == null ? context.writeAndFlush(Unpooled.EMPTY_BUFFER) : tls.closeOutbound();
    sent.addListener(
        done -> {
          if (context.channel() instanceof DuplexChannel socket && socket.isActive()) {
            socket.shutdownOutput();
          }
        });
  }
}
