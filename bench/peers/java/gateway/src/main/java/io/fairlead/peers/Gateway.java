package io.fairlead.peers;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** Spring Cloud Gateway (WebFlux): HTTP_PORT HTTPS_PORT CERT KEY HOST:PORT... */
@SpringBootApplication
public class Gateway {
  private static String[] replicas = {};

  /** Starts it. */
  public static void main(String[] args) {
    replicas =
        Arrays.stream(args, 4, args.length)
            .map(hostPort -> "http://" + hostPort)
            .toArray(String[]::new);
    var application = new SpringApplication(Gateway.class);
    application.setDefaultProperties(properties(args[0]));
    var context = application.run();
    HttpServer.create()
        .host("127.0.0.1")
        .port(Integer.parseInt(args[1]))
        .protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
        .http2Settings(settings -> settings.maxConcurrentStreams(256))
        .secure(
            secure ->
                secure.sslContext(
                    Http2SslContextSpec.forServer(new File(args[2]), new File(args[3]))
                        .configure(builder -> builder.sslProvider(SslProvider.OPENSSL))))
        .handle(new ReactorHttpHandlerAdapter(context.getBean(HttpHandler.class)))
        .bindNow();
    System.err.println("OpenSSL: " + OpenSsl.versionString());
  }

  private static Map<String, Object> properties(String port) {
    Map<String, Object> all = new HashMap<>();
    all.put("server.address", "127.0.0.1");
    all.put("server.port", port);
    all.put("logging.level.root", "WARN");
    all.put("spring.main.banner-mode", "off");
    String gateway = "spring.cloud.gateway.server.webflux.";
    all.put(gateway + "httpclient.pool.type", "FIXED");
    all.put(gateway + "httpclient.pool.max-connections", "1024");
    all.put(gateway + "httpclient.pool.acquire-timeout", "10000");
    // like the other peers: X-Forwarded-For and nothing else
    all.put(gateway + "trusted-proxies", "127\\.0\\.0\\.1");
    all.put(gateway + "forwarded.enabled", "false");
    for (String field : new String[] {"host", "port", "proto", "prefix"}) {
      all.put(gateway + "x-forwarded." + field + "-enabled", "false");
    }
    return all;
  }

  /** Everything goes to the replicas. */
  @Bean
  RouteLocator routes(RouteLocatorBuilder builder) {
    return builder.routes().route("all", route -> route.path("/**").uri(replicas[0])).build();
  }

  /** Round robin. */
  @Bean
  Pick pick() {
    return new Pick();
  }

  /** Round robin on one event loop: cheaper than lb:// with spring-cloud-loadbalancer. */
  static final class Pick implements GlobalFilter, Ordered {
    private int next;

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
      URI asked =
          exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
      String replica = replicas[(next++ & Integer.MAX_VALUE) % replicas.length];
      String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
      exchange
          .getAttributes()
          .put(
              ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
              URI.create(replica + asked.getRawPath() + query));
      return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
      return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 1;
    }
  }
}
