package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Closes a connection whose ClientHello is too long: the TLS library would collect up to 16 MiB of
 * it. Stands in front of the TLS handler until that has something to say.
 */
final class ClientHelloLimit extends ChannelDuplexHandler {
  private int left;

  ClientHelloLimit(int maxBytes) {
    this.left = maxBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    left -= in.readableBytes();
    if (left < 0) {
      in.release();
      context.close(); // counted as a failed handshake
    } else {
      context.fireChannelRead(in);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    context.write(message, promise);
    context.pipeline().remove(this);
  }
}
