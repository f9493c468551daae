package io.fairlead.bench.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes the handlers of a caller's connections. */
final class Pipelines {
  private final Protocol protocol;
  private final Request request;
  private final int maxStreams;
  private final Link.Owner owner;
  private final @Nullable SslContext tls;

  Pipelines(Target target, Request request, int maxStreams, Link.Owner owner) {
    this.protocol = target.protocol();
    this.request = request;
    this.maxStreams = maxStreams;
    this.owner = owner;
    this.tls = protocol.tls() ? context(protocol) : null;
  }

  /** The certificate was made for this run a moment ago: whom it names need not be checked. */
  private static SslContext context(Protocol protocol) {
    try {
      return SslContextBuilder.forClient()
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm(null)
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  ApplicationProtocolConfig.Protocol.ALPN,
                  ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                  ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                  protocol.multiplexed()
                      ? ApplicationProtocolNames.HTTP_2
                      : ApplicationProtocolNames.HTTP_1_1))
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("tls: no client context", e);
    }
  }

  /** Adds the handlers of one connection and returns it as a link. */
  Link fill(Channel channel) {
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    return protocol.multiplexed() ? http2(channel) : http1(channel);
  }

  private Link http1(Channel channel) {
    var link = new Http1Link(request, owner);
    ChannelHandler opening =
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelActive(ChannelHandlerContext ctx) {
            if (tls == null) {
              link.opened(ctx);
            }
          }

          @Override
          public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == SslHandshakeCompletionEvent.SUCCESS) {
              link.opened(ctx);
            }
          }
        };
    channel.pipeline().addLast(new HttpResponseDecoder(), link, opening);
    return link;
  }

  private Link http2(Channel channel) {
    Http2ConnectionHandler handler =
        new Http2ConnectionHandlerBuilder()
            .server(false)
            .initialSettings(Http2Link.settings())
            .frameListener(new Http2FrameAdapter())
            .build();
    var link = new Http2Link(handler, request, maxStreams, owner);
    channel.pipeline().addLast(handler);
    return link;
  }
}
