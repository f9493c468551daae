package io.fairlead.bench.model;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One kept connection to a replica: a request in, its time spent, an answer out. */
final class ReplicaConnection extends SimpleChannelInboundHandler<HttpObject> {
  private final Behaviour behaviour;
  private final Replies replies;
  private final Replica replica;
  private final SplittableRandom random;
  private boolean inside;

  ReplicaConnection(
      Behaviour behaviour, Replies replies, Replica replica, SplittableRandom random) {
    this.behaviour = behaviour;
    this.replies = replies;
    this.replica = replica;
    this.random = random;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    if (part instanceof HttpRequest) {
      inside = true;
      replica.enter();
    }
    if (part instanceof LastHttpContent) {
      long nanos = behaviour.time().nextNanos(random);
      if (nanos == 0) {
        answer(ctx);
      } else {
        ctx.executor().schedule(() -> answer(ctx), nanos, TimeUnit.NANOSECONDS);
      }
    }
  }

  private void answer(ChannelHandlerContext ctx) {
    if (behaviour.errorShare() > 0 && random.nextDouble() < behaviour.errorShare()) {
      end(ctx, replies.error());
    } else if (behaviour.events() == 0) {
      end(ctx, replies.good());
    } else {
      ctx.write(replies.streamHead());
      event(ctx, behaviour.events());
    }
  }

  private void event(ChannelHandlerContext ctx, int left) {
    if (left == 0) {
      end(ctx, replies.streamEnd());
    } else if (ctx.channel().isActive()) {
      ctx.writeAndFlush(replies.event());
      ctx.executor()
          .schedule(
              () -> event(ctx, left - 1), behaviour.eventGap().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void end(ChannelHandlerContext ctx, ByteBuf last) {
    if (inside) {
      inside = false;
      replica.leave(true);
      ctx.writeAndFlush(last);
    }
  }

  /** The router has left; as far as slots go the request is over. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (inside) {
      inside = false;
      replica.leave(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
