package io.fairlead.peers;

import com.netflix.appinfo.ApplicationInfoManager;
import com.netflix.appinfo.DataCenterInfo;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.client.config.CommonClientConfigKey;
import com.netflix.client.config.IClientConfig;
import com.netflix.config.ConfigurationManager;
import com.netflix.loadbalancer.AbstractServerList;
import com.netflix.netty.common.accesslog.AccessLogPublisher;
import com.netflix.netty.common.channel.config.ChannelConfig;
import com.netflix.netty.common.channel.config.CommonChannelConfigKeys;
import com.netflix.netty.common.metrics.EventLoopGroupMetrics;
import com.netflix.netty.common.proxyprotocol.StripUntrustedProxyHeadersHandler.AllowWhen;
import com.netflix.netty.common.ssl.ServerSslConfig;
import com.netflix.netty.common.status.ServerStatusManager;
import com.netflix.niws.loadbalancer.DiscoveryEnabledServer;
import com.netflix.spectator.api.NoopRegistry;
import com.netflix.spectator.api.Registry;
import com.netflix.zuul.BasicRequestCompleteHandler;
import com.netflix.zuul.DefaultFilterFactory;
import com.netflix.zuul.Filter;
import com.netflix.zuul.StaticFilterLoader;
import com.netflix.zuul.context.ZuulSessionContextDecorator;
import com.netflix.zuul.filters.FilterType;
import com.netflix.zuul.filters.endpoint.ProxyEndpoint;
import com.netflix.zuul.filters.http.HttpInboundSyncFilter;
import com.netflix.zuul.filters.http.HttpOutboundSyncFilter;
import com.netflix.zuul.message.http.HttpRequestMessage;
import com.netflix.zuul.message.http.HttpResponseMessage;
import com.netflix.zuul.netty.server.BaseServerStartup;
import com.netflix.zuul.netty.server.DefaultEventLoopConfig;
import com.netflix.zuul.netty.server.DirectMemoryMonitor;
import com.netflix.zuul.netty.server.NamedSocketAddress;
import com.netflix.zuul.netty.server.ZuulServerChannelInitializer;
import com.netflix.zuul.netty.server.http2.Http2SslChannelInitializer;
import com.netflix.zuul.netty.ssl.BaseSslContextFactory;
import com.netflix.zuul.origins.BasicNettyOriginManager;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.ssl.OpenSsl;
import java.io.File;
import java.net.InetSocketAddress;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Netflix Zuul 2 on one event loop: HTTP_PORT HTTPS_PORT CERT KEY HOST:PORT... */
public final class ZuulProxy extends BaseServerStartup {
  private static final String ORIGIN = "model";
  private static final int UNLIMITED = 1_000_000_000;

  private final String[] args;

  /** Sends everything to the replicas. */
  @Filter(order = 0, type = FilterType.INBOUND)
  public static class Route extends HttpInboundSyncFilter {
    @Override
    public int filterOrder() {
      return 0;
    }

    @Override
    public boolean shouldFilter(HttpRequestMessage request) {
      return true;
    }

    @Override
    public HttpRequestMessage apply(HttpRequestMessage request) {
      request.getContext().setEndpoint(ProxyEndpoint.class.getCanonicalName());
      request.getContext().setRouteVIP(ORIGIN);
      return request;
    }
  }

  /** Does nothing: the loader answers null, not an empty set, for a type without filters. */
  @Filter(order = 0, type = FilterType.OUTBOUND)
  public static class Nothing extends HttpOutboundSyncFilter {
    @Override
    public int filterOrder() {
      return 0;
    }

    @Override
    public boolean shouldFilter(HttpResponseMessage response) {
      return false;
    }

    @Override
    public HttpResponseMessage apply(HttpResponseMessage response) {
      return response;
    }
  }

  /** The replicas; Zuul takes only servers that look as if Eureka had told of them. */
  public static class Replicas extends AbstractServerList<DiscoveryEnabledServer> {
    private final List<DiscoveryEnabledServer> all = new ArrayList<>();

    @Override
    public void initWithNiwsConfig(IClientConfig config) {
      var named = (String) config.getProperty(CommonClientConfigKey.ListOfServers);
      for (String hostPort : named.split(",")) {
        all.add(server(config.getClientName(), hostPort));
      }
    }

    private static DiscoveryEnabledServer server(String application, String hostPort) {
      int colon = hostPort.lastIndexOf(':');
      String host = hostPort.substring(0, colon);
      InstanceInfo info =
          InstanceInfo.Builder.newBuilder()
              .setAppName(application)
              .setInstanceId(hostPort)
              .setHostName(host)
              .setIPAddr(host)
              .setPort(Integer.parseInt(hostPort.substring(colon + 1)))
              .setStatus(InstanceInfo.InstanceStatus.UP)
              .setDataCenterInfo(() -> DataCenterInfo.Name.MyOwn)
              .build();
      var server = new DiscoveryEnabledServer(info, false, true);
      server.setZone("zone");
      return server;
    }

    @Override
    public List<DiscoveryEnabledServer> getInitialListOfServers() {
      return all;
    }

    @Override
    public List<DiscoveryEnabledServer> getUpdatedListOfServers() {
      return all;
    }
  }

  private static final class NoAccessLog extends AccessLogPublisher {
    NoAccessLog() {
      super("ACCESS", (channel, request) -> "");
    }

    @Override
    public void log(
        Channel channel,
        HttpRequest request,
        HttpResponse response,
        LocalDateTime time,
        Integer port,
        String address,
        Long nanos,
        Long bytesIn,
        Long bytesOut) {}
  }

  private static final class NoStatus extends ServerStatusManager {
    NoStatus(ApplicationInfoManager manager) {
      super(manager);
    }

    @Override
    public void localStatus(InstanceInfo.InstanceStatus status) {}
  }

  private ZuulProxy(String[] args, Registry registry, ApplicationInfoManager info) {
    super(
        new NoStatus(info),
        new StaticFilterLoader(new DefaultFilterFactory(), Set.of(Route.class, Nothing.class)),
        new ZuulSessionContextDecorator(new BasicNettyOriginManager(registry)),
        (filter, status) -> {},
        new BasicRequestCompleteHandler(),
        registry,
        new DirectMemoryMonitor(registry),
        new EventLoopGroupMetrics(registry),
        new DefaultEventLoopConfig(1, 1),
        null,
        info,
        new NoAccessLog());
    this.args = args;
  }

  @Override
  protected Map<NamedSocketAddress, ChannelInitializer<?>> chooseAddrsAndChannels(
      ChannelGroup clients) {
    Map<NamedSocketAddress, ChannelInitializer<?>> all = new LinkedHashMap<>();
    all.put(
        address("http", args[0]),
        new ZuulServerChannelInitializer(
            args[0], config("http"), defaultChannelDependencies("http"), clients));
    ChannelConfig tls = config("http2");
    ServerSslConfig pair =
        ServerSslConfig.withDefaultCiphers(
            new File(args[2]), new File(args[3]), "TLSv1.3", "TLSv1.2");
    tls.set(CommonChannelConfigKeys.serverSslConfig, pair);
    tls.set(
        CommonChannelConfigKeys.sslContextFactory, new BaseSslContextFactory(registry, pair));
    addHttp2DefaultConfig(tls, "http2");
    tls.set(CommonChannelConfigKeys.maxConcurrentStreams, 256);
    tls.set(CommonChannelConfigKeys.maxRequestsPerConnection, UNLIMITED);
    all.put(
        address("http2", args[1]),
        new Http2SslChannelInitializer(
            args[1], tls, defaultChannelDependencies("http2"), clients));
    return all;
  }

  private static NamedSocketAddress address(String name, String port) {
    return new NamedSocketAddress(
        name, new InetSocketAddress("127.0.0.1", Integer.parseInt(port)));
  }

  private ChannelConfig config(String name) {
    ChannelConfig config = defaultChannelConfig(name);
    config.set(CommonChannelConfigKeys.allowProxyHeadersWhen, AllowWhen.ALWAYS);
    config.set(CommonChannelConfigKeys.preferProxyProtocolForClientIp, false);
    config.set(CommonChannelConfigKeys.isSSlFromIntermediary, false);
    config.set(CommonChannelConfigKeys.withProxyProtocol, false);
    config.set(CommonChannelConfigKeys.maxConnections, 20_000);
    config.set(CommonChannelConfigKeys.maxRequestsPerConnection, UNLIMITED);
    config.set(CommonChannelConfigKeys.connectionExpiry, 1_000_000);
    return config;
  }

  private static void configure(String replicas) {
    var all = ConfigurationManager.getConfigInstance();
    all.setProperty("zuul.server.netty.socket.epoll", "true");
    all.setProperty("eureka.registration.enabled", "false");
    all.setProperty("eureka.shouldFetchRegistry", "false");
    all.setProperty("eureka.validateInstanceId", "false");
    String origin = ORIGIN + ".ribbon.";
    all.setProperty(origin + "NIWSServerListClassName", Replicas.class.getName());
    all.setProperty(origin + "listOfServers", replicas);
    all.setProperty(origin + "MaxConnectionsPerHost", "1024");
    all.setProperty(origin + "PerServerWaterline", "1024");
    all.setProperty(origin + "MaxRequestsPerConnection", String.valueOf(UNLIMITED));
    all.setProperty(origin + "ReadTimeout", "60000");
    all.setProperty(origin + "ConnIdleEvictTimeMilliSeconds", "60000");
    all.setProperty(origin + "TcpNoDelay", "true"); // without it 40 ms now and then
    all.setProperty("zuul.origin." + ORIGIN + ".concurrency.max.requests", "100000"); // or 200
  }

  /** Starts it. */
  public static void main(String[] args) throws Exception {
    configure(String.join(",", Arrays.copyOfRange(args, 4, args.length)));
    var zuul =
        new ZuulProxy(
            args, new NoopRegistry(), new ApplicationInfoManager(null, null, null));
    zuul.init();
    zuul.server().start();
    System.err.println("OpenSSL: " + OpenSsl.versionString());
    zuul.server().awaitTermination();
  }
}
