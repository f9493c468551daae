package io.fairlead.router.config;

import io.fairlead.router.config.Settings.LogFormat;
import io.fairlead.router.config.Settings.ProxyProtocol;
import io.fairlead.router.config.Settings.TlsProvider;
import io.fairlead.router.config.Settings.Transport;
import io.fairlead.router.model.Address;
import io.fairlead.router.model.Cidr;
import io.fairlead.router.model.ErrorProfile;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of everything that can be configured, {@link KubernetesOptions clusters}, {@link
 * LimitOptions limits} and {@link ObserveOptions observation} aside.
 */
public final class Options {
  static final Option<Path> CONFIG =
      path("config", "FILE", "a readable file", "YAML file with these keys in camelCase.");
  static final Option<Path> MANIFESTS =
      path("manifests", "DIR", "a directory", "Resources to serve; watched for changes.");
  static final Option<Address> HTTP =
      address("http", "Plain HTTP. 0.0.0.0:8080 if no listener is named at all.");
  static final Option<Address> HTTPS =
      address(
          "https", "TLS. 0.0.0.0:8443 if no listener is named at all and a certificate is given.");
  static final Option<Address> ADMIN =
      address("admin", "Health and metrics. 0.0.0.0:9090 if no listener is named at all.");
  static final Option<Path> TLS_CERT =
      path("tlsCert", "FILE", "a readable file", "Certificate chain, PEM; read again on change.");
  static final Option<Path> TLS_KEY =
      path("tlsKey", "FILE", "a readable file", "Its private key, PEM, without passphrase.");
  static final Option<Path> JWKS_CA =
      path(
          "jwksCa",
          "FILE",
          "a readable file",
          "Authorities of the servers of token keys, PEM, in place of the JDK's.");
  static final Option<ErrorProfile> ERROR_PROFILE =
      Option.word("errorProfile", ErrorProfile.KUBERNETES, "Status codes of the router's answers.");
  static final Option<Integer> EVENT_LOOPS =
      Option.count("eventLoops", 0, 0, 1024, "Threads that move bytes; 0 is one per core.");
  static final Option<Transport> TRANSPORT =
      Option.word("transport", Transport.AUTO, "What moves bytes between sockets and loops.");
  static final Option<TlsProvider> TLS_PROVIDER =
      Option.word("tlsProvider", TlsProvider.AUTO, "What speaks TLS.");
  static final Option<List<Cidr>> TRUSTED_PROXIES =
      new Option<>(
          "trustedProxies",
          "CIDR,...",
          null,
          "address blocks such as 10.0.0.0/8,fd00::/8",
          Options::cidrs,
          "Whose forwarded fields are believed; by default nobody's.");
  static final Option<ProxyProtocol> PROXY_PROTOCOL =
      Option.word(
          "proxyProtocol",
          ProxyProtocol.OFF,
          "Whether connections to the data ports begin with a PROXY header, from trustedProxies"
              + " alone.");
  static final Option<String> HOST_SUFFIX =
      new Option<>(
          "hostSuffix",
          "NAME",
          null,
          "a host name in small letters, such as models.example.org",
          Options::hostName,
          "Calls of gRPC for ENDPOINT.NAME are for that endpoint.");
  static final Option<LogFormat> LOG_FORMAT =
      Option.word("logFormat", LogFormat.TEXT, "How a line of the log is written.");

  static final Option<Address> DEMO_HTTP = address("http", 8080, "Plain HTTP.");
  static final Option<Address> DEMO_HTTPS = address("https", 8443, "TLS, self-signed.");
  static final Option<Address> DEMO_ADMIN = address("admin", 9090, "Health and metrics.");
  static final Option<Integer> REPLICAS =
      Option.count("replicas", 3, 1, 100, "Sample models to start.");
  static final Option<Integer> ROUTERS =
      Option.count("routers", 1, 1, 16, "Routers to start, which share the models' slots.");
  static final Option<Duration> MODEL_TIME =
      new Option<>(
          "modelTime",
          "TIME",
          Duration.ofMillis(20),
          "whole milliseconds or seconds, such as 20ms or 2s, up to 60s",
          Options::time,
          "How long a sample model takes to answer.");

  /** What {@code serve} takes beside limits, in the order of the help. */
  public static final List<Option<?>> SERVE =
      List.of(
          MANIFESTS,
          CONFIG,
          HTTP,
          HTTPS,
          ADMIN,
          TLS_CERT,
          TLS_KEY,
          JWKS_CA,
          ERROR_PROFILE,
          TRUSTED_PROXIES,
          HOST_SUFFIX,
          PROXY_PROTOCOL,
          LOG_FORMAT,
          EVENT_LOOPS,
          TRANSPORT,
          TLS_PROVIDER);

  /** What {@code demo} takes. */
  public static final List<Option<?>> DEMO =
      List.of(REPLICAS, ROUTERS, DEMO_HTTP, DEMO_HTTPS, DEMO_ADMIN, MODEL_TIME);

  /** What {@code check} takes. */
  public static final List<Option<?>> CHECK = List.of(MANIFESTS);

  private Options() {}

  /** Returns every key of every command. */
  static List<Option<?>> all() {
    List<Option<?>> all = new ArrayList<>(SERVE);
    all.addAll(KubernetesOptions.ALL);
    all.addAll(LeaseOptions.ALL);
    all.addAll(PeerOptions.ALL);
    all.addAll(ObserveOptions.ALL);
    all.addAll(LimitOptions.ALL);
    all.addAll(List.of(REPLICAS, ROUTERS, MODEL_TIME));
    return all;
  }

  private static Option<Address> address(String key, String doc) {
    return new Option<>(key, "ADDR", null, Address.EXPECTED, Address::parse, doc);
  }

  private static Option<Address> address(String key, int port, String doc) {
    Address fallback = new Address("127.0.0.1", port);
    return new Option<>(key, "ADDR", fallback, Address.EXPECTED, Address::parse, doc);
  }

  static Option<Path> path(String key, String placeholder, String expected, String doc) {
    return new Option<>(key, placeholder, null, expected, Options::path, doc);
  }

  private static @Nullable Path path(String text) {
    try {
      return text.isEmpty() ? null : Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static @Nullable List<Cidr> cidrs(String text) {
    List<Cidr> blocks = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      Cidr block = Cidr.parse(part.strip());
      if (block == null) {
        return null;
      }
      blocks.add(block);
    }
    return blocks;
  }

  private static @Nullable String hostName(String text) {
    String label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    return text.matches(label + "([.]" + label + ")*") ? text : null;
  }

  private static @Nullable Duration time(String text) {
    if (!text.matches("[0-9]{1,6}(ms|s)")) {
      return null;
    }
    Duration time =
        text.endsWith("ms")
            ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
            : Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)));
    return time.toSeconds() > 60 ? null : time;
  }
}
