package io.fairlead.router.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of what can be configured about a cluster. */
public final class KubernetesOptions {
  /** How long a router that leaves goes on accepting, until all of a cluster know that it does. */
  static final Duration DRAIN_DELAY = Duration.ofSeconds(15);

  private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  static final String OBJECT = "[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?";
  private static final String REFERENCE = "NAME or NAMESPACE/NAME, in small letters";

  static final Option<Boolean> KUBERNETES =
      Option.flag("kubernetes", "Resources to serve are those of a cluster, instead of files.");
  private static final Option<Path> KUBECONFIG =
      Options.path(
          "kubeconfig",
          "FILE",
          "a readable file",
          "How to reach the cluster. Else KUBECONFIG, ~/.kube/config or the pod's own account.");
  private static final Option<List<String>> NAMESPACE =
      new Option<>(
          "namespace",
          "NS,...",
          null,
          "names of namespaces",
          KubernetesOptions::namespaces,
          "Watch these alone; by default all. May be repeated.");
  private static final Option<String> TLS_SECRET =
      reference("tlsSecret", "The Secret with cert.pem and key.pem, or tls.crt and tls.key.");
  private static final Option<String> SERVICE =
      reference("routerService", "The Service of this router, whose address callers use.");
  private static final Option<String> PUBLIC_BASE_URL =
      new Option<>(
          "publicBaseUrl",
          "URL",
          null,
          "an http or https URL without query, such as https://models.example.com",
          KubernetesOptions::url,
          "What status.scoringUri begins with; by default the address of routerService.");

  /** All of them, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(KUBERNETES, KUBECONFIG, NAMESPACE, TLS_SECRET, SERVICE, PUBLIC_BASE_URL);

  private KubernetesOptions() {}

  /** Returns whether the resources are those of a cluster. */
  static boolean isAsked(Values values) {
    return values.isSet(KUBERNETES);
  }

  /** Returns what is asked; null if the resources are in files. */
  static @Nullable KubernetesSettings kubernetes(Values values) {
    if (!values.get(KUBERNETES)) {
      for (Option<?> option : ALL) {
        if (!option.key().equals(KUBERNETES.key()) && values.has(option)) {
          values.refuse(option, "kubernetes beside it");
        }
      }
      return null;
    }
    Path kubeconfig = values.readable(KUBECONFIG);
    List<String> namespaces = values.find(NAMESPACE);
    if (values.has(Options.MANIFESTS)) {
      values.refuse(Options.MANIFESTS, "one of manifests and kubernetes");
    }
    return new KubernetesSettings(
        kubeconfig,
        namespaces == null ? List.of() : namespaces,
        values.find(TLS_SECRET),
        values.find(SERVICE),
        values.find(PUBLIC_BASE_URL));
  }

  /** Returns whether the certificate is a Secret's. */
  static boolean hasTlsSecret(Values values) {
    return values.has(TLS_SECRET);
  }

  /** Adds the problem that there are two certificates. */
  static void refuseTlsSecret(Values values) {
    values.refuse(TLS_SECRET, "one of tlsSecret and tlsCert");
  }

  private static Option<String> reference(String key, String doc) {
    return new Option<>(
        key,
        "NAME",
        null,
        REFERENCE,
        text -> text.matches("(" + LABEL + "/)?" + OBJECT) ? text : null,
        doc);
  }

  private static @Nullable List<String> namespaces(String text) {
    List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).distinct().toList();
    return names.stream().allMatch(name -> name.matches(LABEL)) ? names : null;
  }

  private static @Nullable String url(String text) {
    try {
      URI url = new URI(text);
      boolean isWeb = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return isWeb && url.getHost() != null && url.getQuery() == null && url.getFragment() == null
          ? text.replaceAll("/+$", "")
          : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
