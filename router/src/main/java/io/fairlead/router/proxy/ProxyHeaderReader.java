package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Awaits the header of the PROXY protocol on a new connection, and makes way for whoever serves it
 * from the byte behind. A connection that does not begin with one is closed without an answer: the
 * specification leaves no choice, since nobody can say who asks.
 *
 * <p>Runs on the connection's loop. Releases every buffer it does not hand on.
 */
final class ProxyHeaderReader extends ChannelInboundHandlerAdapter implements CallerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderReader.class);

  private final Loop loop;
  private final InetSocketAddress peer;
  private final boolean tls;
  private final Consumer<Origin> next;
  private final Timeout patience =
      new Timeout() {
        @Override
        void expired(long nowNanos) {
          refuse("no whole header of the PROXY protocol in time");
        }
      };
  private @Nullable ByteBuf seen;
  private @Nullable Channel channel;

  /**
   * Makes a reader.
   *
   * @param next adds to the pipeline who serves the connection, whose requests come from there
   */
  ProxyHeaderReader(Loop loop, InetSocketAddress peer, boolean tls, Consumer<Origin> next) {
    this.loop = loop;
    this.peer = peer;
    this.tls = tls;
    this.next = next;
  }

  /** Returns whether this peer may say for whom it speaks; if not, the connection is closed. */
  static boolean mayBegin(Loop loop, Channel channel, InetSocketAddress peer) {
    if (loop.settings.trustedProxy().test(peer.getAddress())) {
      return true;
    }
    refuse(loop, channel, peer, "not one of trustedProxies, and the PROXY protocol is required");
    return false;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    loop.connections.add(this);
    loop.timers.arm(patience, loop.now() + loop.settings.limits().head().timeout().toNanos());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loop.connections.remove(this);
    loop.timers.remove(patience);
    if (seen != null) {
      seen.release();
      seen = null;
    }
  }

  /** Nothing was asked yet. */
  @Override
  public void drain() {
    requireNonNull(channel).close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    ByteBuf before = seen;
    if (before != null) {
      seen = null;
      in = before.writeBytes(in);
      ((ByteBuf) message).release();
    }
    switch (ProxyHeader.read(in)) {
      case ProxyHeader.More _ -> seen = before != null ? in : copied(in);
      case ProxyHeader.Refused refused -> {
        in.release();
        refuse(refused.why());
      }
      case ProxyHeader.Taken taken -> {
        next.accept(origin(taken.source()));
        if (in.isReadable()) {
          context.fireChannelRead(in);
        } else {
          in.release();
        }
        context.pipeline().remove(this);
      }
    }
  }

  /** A buffer that was read into may be much larger than what is in it. */
  private ByteBuf copied(ByteBuf in) {
    ByteBuf copy = loop.allocator.directBuffer(256).writeBytes(in);
    in.release();
    return copy;
  }

  /** A balancer's own fields are believed if it speaks for itself; else it only hands bytes on. */
  private Origin origin(@Nullable InetAddress source) {
    InetAddress address = source == null ? peer.getAddress() : source;
    return Origin.of(address, tls, loop.settings.trustedProxy().test(address));
  }

  private void refuse(String why) {
    refuse(loop, requireNonNull(channel), peer, why);
  }

  private static void refuse(Loop loop, Channel channel, InetSocketAddress peer, String why) {
    loop.recorder.count(ProxyEvent.PROXY_HEADER_REFUSED);
    if (loop.mayWarn()) {
      LOG.warn("connection of {} closed: {}", peer, why);
    }
    channel.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    loop.failed(cause);
    context.close();
  }
}
