package io.fairlead.bench.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/1.1 with one request at a time; stands behind a response decoder. */
final class Http1Link extends SimpleChannelInboundHandler<HttpObject> implements Link {
  private final Request request;
  private final Owner owner;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Call call;

  Http1Link(Request request, Owner owner) {
    this.request = request;
    this.owner = owner;
  }

  /** Called once the connection, with its TLS, is ready. */
  void opened(ChannelHandlerContext ctx) {
    context = ctx;
    owner.room(this);
  }

  @Override
  public boolean hasRoom() {
    return call == null && context != null && context.channel().isActive();
  }

  @Override
  public void send(Call newCall) {
    ChannelHandlerContext ctx = context;
    if (ctx == null || call != null) {
      throw new IllegalStateException("link: busy (expected: idle)");
    }
    call = newCall;
    ctx.writeAndFlush(request.http1());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    Call current = call;
    if (current == null) {
      ctx.close(); // bytes that nobody asked for
      return;
    }
    if (part instanceof HttpResponse response) {
      current.head(response.status().code());
    }
    if (part instanceof HttpContent content) {
      current.body(content.content().readableBytes());
    }
    if (part instanceof LastHttpContent) {
      call = null;
      current.end();
      owner.room(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Call current = call;
    call = null;
    if (current != null) {
      current.fail(Call.LOST);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
