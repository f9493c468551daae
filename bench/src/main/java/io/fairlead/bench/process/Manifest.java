package io.fairlead.bench.process;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The manifest of one endpoint, {@code bench}, with one deployment.
 *
 * @param limit requests at once at one replica; 0 for unlimited
 * @param queueLength most that wait for one
 */
public record Manifest(
    List<InetSocketAddress> replicas, int limit, int queueLength, Duration requestTimeout) {
  public Manifest {
    replicas = List.copyOf(replicas);
  }

  /** Returns it as YAML. */
  public String text() {
    String addresses =
        replicas.stream()
            .map(a -> "\"127.0.0.1:" + a.getPort() + "\"")
            .collect(Collectors.joining(", "));
    return """
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineEndpoint
    metadata: {name: bench}
    spec: {authMode: None, traffic: {blue: 100}}
    ---
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineDeployment
    metadata: {name: bench-blue}
    spec:
      name: blue
      endpointName: bench
      addresses: [%s]
      requestSettings:
        requestTimeoutMs: %d
        maxConcurrentRequestsPerInstance: %d
        maxQueueWaitMs: 30000
        maxQueueLength: %d
    """
        .formatted(addresses, requestTimeout.toMillis(), limit, queueLength);
  }
}
