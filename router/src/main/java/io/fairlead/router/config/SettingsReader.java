package io.fairlead.router.config;

import io.fairlead.router.model.Address;
import io.fairlead.router.model.Cidr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the settings of a command from the options given (by key), the environment and the file, in
 * this order of precedence. All problems are found before any is reported.
 */
public final class SettingsReader {
  private static final String EVERYWHERE = "0.0.0.0";

  private final Problems problems = new Problems();
  private final Values values;

  private SettingsReader(Map<String, String> options, Map<String, String> environment) {
    values = new Values(Sources.gather(options, environment, problems), problems);
  }

  /** Reads what {@code serve} needs. */
  public static Settings serve(Map<String, String> options, Map<String, String> environment)
      throws InvalidSettings {
    return new SettingsReader(options, environment).serve();
  }

  /** Reads what {@code demo} needs. */
  public static DemoSettings demo(Map<String, String> options, Map<String, String> environment)
      throws InvalidSettings {
    return new SettingsReader(options, environment).demo();
  }

  /** Reads what {@code check} needs: the directory of manifests. */
  public static Path check(Map<String, String> options, Map<String, String> environment)
      throws InvalidSettings {
    SettingsReader reader = new SettingsReader(options, environment);
    Path manifests = reader.manifests();
    reader.throwProblems();
    return Objects.requireNonNull(manifests);
  }

  private Settings serve() throws InvalidSettings {
    var kubernetes = KubernetesOptions.kubernetes(values);
    Path manifests = KubernetesOptions.isAsked(values) ? null : manifests();
    Path tlsCert = values.readable(Options.TLS_CERT);
    Path tlsKey = values.readable(Options.TLS_KEY);
    requireBoth(Options.TLS_CERT, Options.TLS_KEY);
    requireBoth(Options.TLS_KEY, Options.TLS_CERT);
    boolean hasCertificate = values.has(Options.TLS_CERT) || KubernetesOptions.hasTlsSecret(values);
    if (values.has(Options.TLS_CERT) && KubernetesOptions.hasTlsSecret(values)) {
      KubernetesOptions.refuseTlsSecret(values);
    }
    Path jwksCa = values.readable(Options.JWKS_CA);

    boolean isAnyNamed =
        values.has(Options.HTTP) || values.has(Options.HTTPS) || values.has(Options.ADMIN);
    Address http = values.find(Options.HTTP);
    Address https = values.find(Options.HTTPS);
    Address admin = values.find(Options.ADMIN);
    if (!isAnyNamed) {
      http = new Address(EVERYWHERE, 8080);
      https = !hasCertificate ? null : new Address(EVERYWHERE, 8443);
      admin = new Address(EVERYWHERE, 9090);
    } else if (!values.has(Options.HTTP) && !values.has(Options.HTTPS)) {
      values.refuse(Options.ADMIN, "http or https beside it, as only named listeners are opened");
    }
    if (values.has(Options.HTTPS) && !hasCertificate) {
      values.refuse(Options.HTTPS, "tlsCert and tlsKey beside it");
    }
    requireDistinct(http, https, Options.HTTPS);
    requireDistinct(http, admin, Options.ADMIN);
    requireDistinct(https, admin, Options.ADMIN);

    List<Cidr> proxies = values.find(Options.TRUSTED_PROXIES);
    var proxyProtocol = values.get(Options.PROXY_PROTOCOL);
    if (proxyProtocol == Settings.ProxyProtocol.REQUIRED
        && (proxies == null ? !values.has(Options.TRUSTED_PROXIES) : proxies.isEmpty())) {
      values.refuse(
          Options.TRUSTED_PROXIES, "at least one address block, as proxyProtocol is required");
    }
    var profile = values.get(Options.ERROR_PROFILE);
    var limits = LimitOptions.limits(values);
    int eventLoops = values.get(Options.EVENT_LOOPS);
    var transport = values.get(Options.TRANSPORT);
    var tlsProvider = values.get(Options.TLS_PROVIDER);
    String hostSuffix = values.find(Options.HOST_SUFFIX);
    var logFormat = values.get(Options.LOG_FORMAT);
    var lease = LeaseOptions.lease(values);
    var peer = PeerOptions.peer(values, lease.file() != null || kubernetes != null);
    var observe = ObserveOptions.observe(values);
    throwProblems();
    return new Settings(
        http,
        https,
        admin,
        manifests,
        kubernetes,
        tlsCert,
        tlsKey,
        jwksCa,
        profile,
        limits,
        eventLoops,
        transport,
        tlsProvider,
        proxies == null ? List.of() : proxies,
        proxyProtocol,
        hostSuffix,
        logFormat,
        lease,
        peer,
        observe);
  }

  private DemoSettings demo() throws InvalidSettings {
    DemoSettings settings =
        new DemoSettings(
            values.get(Options.DEMO_HTTP),
            values.get(Options.DEMO_HTTPS),
            values.get(Options.DEMO_ADMIN),
            values.get(Options.REPLICAS),
            values.get(Options.ROUTERS),
            values.get(Options.MODEL_TIME));
    requireDistinct(settings.http(), settings.https(), Options.HTTPS);
    requireDistinct(settings.http(), settings.admin(), Options.ADMIN);
    requireDistinct(settings.https(), settings.admin(), Options.ADMIN);
    throwProblems();
    return settings;
  }

  private @Nullable Path manifests() {
    Path manifests = values.find(Options.MANIFESTS);
    if (!values.has(Options.MANIFESTS) || (manifests != null && !Files.isDirectory(manifests))) {
      values.refuse(Options.MANIFESTS, Options.MANIFESTS.expected());
    }
    return manifests;
  }

  private void requireBoth(Option<?> one, Option<?> other) {
    if (values.has(one) && !values.has(other)) {
      values.refuse(other, "a readable file, as " + one.key() + " is given");
    }
  }

  private void requireDistinct(@Nullable Address one, @Nullable Address other, Option<?> option) {
    if (one != null && one.port() != 0 && one.equals(other)) {
      values.refuse(option, "an address that no other listener has");
    }
  }

  private void throwProblems() throws InvalidSettings {
    if (!problems.messages().isEmpty()) {
      throw new InvalidSettings(problems.messages());
    }
  }
}
