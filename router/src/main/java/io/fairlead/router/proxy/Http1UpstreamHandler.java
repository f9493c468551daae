package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Tells one HTTP/1.1 connection to a model what the network does. Runs on the connection's loop.
 * Releases every buffer that is read.
 */
final class Http1UpstreamHandler extends ChannelInboundHandlerAdapter {
  private final Loop loop;
  private final Http1Upstream upstream;

  Http1UpstreamHandler(Loop loop, Http1Upstream upstream) {
    this.loop = loop;
    this.upstream = upstream;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!upstream.onConnected(context.channel())) {
      context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      upstream.onRead(in);
    } finally {
      in.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      upstream.onInputEnded();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    upstream.onEnded();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    loop.failed(cause);
    upstream.onEnded();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    upstream.onWritable(context.channel().isWritable());
  }
}
