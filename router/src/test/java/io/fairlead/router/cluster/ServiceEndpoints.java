package io.fairlead.router.cluster;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The ready endpoints of one Service, as its EndpointSlices say and a moment later. */
final class ServiceEndpoints implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LOOK_MILLIS = 100;

  private final ApiServer server;
  private final String path;
  private final Consumer<List<String>> changes;
  private final Thread looker;
  private volatile List<String> addresses = List.of();

  /** Begins to follow them; {@code changes} are called with all addresses of IPv4. */
  ServiceEndpoints(
      ApiServer server, String namespace, String service, Consumer<List<String>> changes) {
    this.server = server;
    this.changes = changes;
    this.path =
        "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices?labelSelector=%s%%3D%s"
            .formatted(namespace, "kubernetes.io%2Fservice-name", service);
    looker = Thread.ofVirtual().name("endpoints-of-" + service).start(this::look);
  }

  List<String> addresses() {
    return addresses;
  }

  private void look() {
    try {
      while (true) {
        try {
          List<String> now = read();
          if (!now.equals(addresses)) {
            addresses = now;
            changes.accept(now);
          }
        } catch (IOException away) {
          System.err.println("endpoints: " + away); // it is back soon, or the test fails
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the test is over
    }
  }

  private List<String> read() throws IOException, InterruptedException {
    TreeSet<String> ready = new TreeSet<>();
    for (JsonNode slice : JSON.readTree(server.get(path).body()).path("items")) {
      for (JsonNode endpoint : slice.path("endpoints")) {
        if (endpoint.at("/conditions/ready").asBoolean(true)) {
          ready.add(PodAddresses.four(endpoint.at("/addresses/0").asString()));
        }
      }
    }
    return List.copyOf(ready);
  }

  @Override
  public void close() {
    looker.interrupt();
  }
}
