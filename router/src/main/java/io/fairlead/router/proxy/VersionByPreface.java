package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1.1 on a cleartext connection, by its first bytes
 * (RFC 9113 3.4), and makes way for the one that speaks it.
 */
final class VersionByPreface extends ChannelInboundHandlerAdapter implements CallerConnection {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

  private final Loop loop;
  private final Origin origin;
  private @Nullable ByteBuf seen;
  private @Nullable Timeout patience;
  private @Nullable Channel channel;

  VersionByPreface(Loop loop, Origin origin) {
    this.loop = loop;
    this.origin = origin;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    loop.connections.add(this);
    patience =
        new Timeout() {
          @Override
          void expired(long nowNanos) {
            context.close();
          }
        };
    loop.timers.arm(patience, loop.now() + loop.settings.limits().head().timeout().toNanos());
  }

  /** Nothing was asked yet, unless a first byte has come. */
  @Override
  public void drain() {
    if (seen == null) {
      requireNonNull(channel).close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (seen != null) {
      in = loop.allocator.directBuffer(seen.readableBytes() + in.readableBytes());
      in.writeBytes(seen).writeBytes((ByteBuf) message);
      ((ByteBuf) message).release();
      seen.release();
      seen = null;
    }
    int compared = Math.min(in.readableBytes(), PREFACE.length);
    boolean same = true;
    for (int i = 0; i < compared && same; i++) {
      same = in.getByte(in.readerIndex() + i) == PREFACE[i];
    }
    if (same && compared < PREFACE.length) {
      seen = loop.allocator.directBuffer(PREFACE.length).writeBytes(in);
      in.release();
      return;
    }
    ChannelHandler server =
        same ? Http2Server.newHandler(loop, origin) : new Http1Server(loop, origin);
    context.pipeline().addLast(server);
    context.fireChannelRead(in);
    context.pipeline().remove(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loop.connections.remove(this);
    if (patience != null) {
      loop.timers.remove(patience);
    }
    if (seen != null) {
      seen.release();
      seen = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
