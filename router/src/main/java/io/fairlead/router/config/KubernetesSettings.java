package io.fairlead.router.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How {@code serve} finds a cluster, and what it needs of it.
 *
 * @param kubeconfig null for what the process finds by itself
 * @param namespaces to watch; none for all
 * @param tlsSecret the Secret of the certificate, {@code NAME} or {@code NAMESPACE/NAME}; null for
 *     files or none
 * @param service whose load balancer callers use, {@code NAME} or {@code NAMESPACE/NAME}; null for
 *     none
 * @param publicBaseUrl what the addresses of endpoints begin with; null for the service's
 */
public record KubernetesSettings(
    @Nullable Path kubeconfig,
    List<String> namespaces,
    @Nullable String tlsSecret,
    @Nullable String service,
    @Nullable String publicBaseUrl) {
  public KubernetesSettings {
    namespaces = List.copyOf(namespaces);
  }
}
