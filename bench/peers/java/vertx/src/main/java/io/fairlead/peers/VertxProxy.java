package io.fairlead.peers;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.httpproxy.HttpProxy;
import io.vertx.httpproxy.OriginRequestProvider;
import io.vertx.httpproxy.ProxyContext;
import io.vertx.httpproxy.ProxyInterceptor;
import io.vertx.httpproxy.ProxyOptions;
import io.vertx.httpproxy.ProxyResponse;
import java.util.Arrays;
import java.util.List;

/** The Vert.x proxy on one event loop: HTTP_PORT HTTPS_PORT CERT KEY HOST:PORT... */
public final class VertxProxy {
  /** Round robin, used on one event loop. */
  private static final class Replicas {
    private final List<Future<SocketAddress>> all;
    private int next;

    Replicas(String[] args, int from) {
      all = Arrays.stream(args, from, args.length).map(Replicas::address).toList();
    }

    private static Future<SocketAddress> address(String hostPort) {
      int colon = hostPort.lastIndexOf(':');
      int port = Integer.parseInt(hostPort.substring(colon + 1));
      return Future.succeededFuture(
          SocketAddress.inetSocketAddress(port, hostPort.substring(0, colon)));
    }

    Future<SocketAddress> pick() {
      return all.get((next++ & Integer.MAX_VALUE) % all.size());
    }
  }

  private static final class Headers implements ProxyInterceptor {
    @Override
    public Future<ProxyResponse> handleProxyRequest(ProxyContext context) {
      var caller = context.request().proxiedRequest().remoteAddress();
      context.request().putHeader("x-forwarded-for", caller.hostAddress());
      return context.sendRequest();
    }

    // vertx-http-proxy 5.0.10 passes the replica's Connection field on into HTTP/2, where callers refuse it
    @Override
    public Future<Void> handleProxyResponse(ProxyContext context) {
      context.response().headers().remove("connection");
      return context.sendResponse();
    }
  }

  private VertxProxy() {}

  /** Starts it. */
  public static void main(String[] args) {
    var replicas = new Replicas(args, 4);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    var client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(true)
                .setTcpNoDelay(true)
                .setDecompressionSupported(false)
                .setKeepAliveTimeout(60),
            new PoolOptions().setHttp1MaxSize(1024).setEventLoopSize(0));
    HttpProxy proxy =
        HttpProxy.reverseProxy(new ProxyOptions().setSupportWebSocket(false), client)
            .origin(OriginRequestProvider.selector(context -> replicas.pick()))
            .addInterceptor(new Headers());
    var plain = new HttpServerOptions().setHost("127.0.0.1").setPort(Integer.parseInt(args[0]));
    var tls =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(Integer.parseInt(args[1]))
            .setSsl(true)
            .setUseAlpn(true)
            .setSslEngineOptions(new OpenSSLEngineOptions())
            .setKeyCertOptions(new PemKeyCertOptions().setCertPath(args[2]).setKeyPath(args[3]));
    tls.getInitialSettings().setMaxConcurrentStreams(256);
    Future.all(
            vertx.createHttpServer(plain).requestHandler(proxy).listen(),
            vertx.createHttpServer(tls).requestHandler(proxy).listen())
        .onFailure(
            cause -> {
              cause.printStackTrace();
              System.exit(1);
            });
    System.err.println(
        "native transport: "
            + vertx.isNativeTransportEnabled()
            + ", OpenSSL: "
            + OpenSSLEngineOptions.isAvailable());
  }
}
