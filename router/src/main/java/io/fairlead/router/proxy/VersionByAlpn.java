package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.tls.ServerNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Makes way for the version of HTTP that the TLS handshake agreed on (RFC 7301). */
final class VersionByAlpn extends ChannelInboundHandlerAdapter implements CallerConnection {
  private final Loop loop;
  private final Origin origin;
  private final SslHandler tls;
  private final Supplier<ServerNames> names;
  private @Nullable Channel channel;

  VersionByAlpn(Loop loop, Origin origin, SslHandler tls, Supplier<ServerNames> names) {
    this.names = names;
    this.loop = loop;
    this.origin = origin;
    this.tls = tls;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    loop.connections.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loop.connections.remove(this);
  }

  /** Nothing was asked yet. */
  @Override
  public void drain() {
    requireNonNull(channel).close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      context.fireUserEventTriggered(event);
    } else if (handshake.isSuccess()) {
      boolean http2 = ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
      SSLSession session = tls.engine().getSession();
      Origin named =
          origin.with(ServerNameCheck.of(session, names.get()), PeerCertificates.of(session));
      ChannelHandler server =
          http2 ? Http2Server.newHandler(loop, named) : new Http1Server(loop, named);
      context.pipeline().replace(this, null, server);
    } else {
      loop.recorder.count(ProxyEvent.TLS_HANDSHAKE_FAILED);
      context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // the failed handshake was counted already
  }
}
