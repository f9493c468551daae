package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/**
 * The end of a caller's HTTP/1.1 connection, made so that the last answer arrives: a close with
 * unread input would reset the connection and take the answer with it (RFC 9112 9.6).
 *
 * <p>So our side ends first; what still comes is dropped, within bounds, until the caller ends its
 * own or has had its time.
 */
final class Http1Farewell {
  private final Loop loop;
  private final Http1Responder responder;
  private int dropped;
  private long unsentBytes;
  private long stalledNanos;

  Http1Farewell(Loop loop, Http1Responder responder) {
    this.loop = loop;
    this.responder = responder;
  }

  /** Ends our side. */
  void begin(ChannelHandlerContext context, Timeout timer) {
    dropped = 0;
    unsentBytes = Long.MAX_VALUE;
    Writes.closeOutput(context);
    loop.timers.arm(timer, loop.now() + Http1Server.DRAIN_NANOS);
  }

  /** Drops what comes; too much of it ends the patience. */
  void drop(ByteBuf in, ChannelHandlerContext context) {
    dropped += in.readableBytes();
    in.skipBytes(in.readableBytes());
    if (dropped > Http1Server.DRAIN_BYTES) {
      context.close();
    }
  }

  /** A slow caller may take its time for the last answer, but no longer than for any other. */
  void closeUnlessTaken(ChannelHandlerContext context, Timeout timer, long now) {
    long unsent = responder.unsentBytes();
    if (unsent < unsentBytes) {
      unsentBytes = unsent;
      stalledNanos = now;
    }
    long patience = loop.settings.limits().body().writeStall().toNanos();
    if (unsent == 0 || now - stalledNanos >= patience) {
      context.close();
    } else {
      loop.timers.arm(timer, now + Http1Server.DRAIN_NANOS);
    }
  }
}
