package io.fairlead.router.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A probe of a pod, of HTTP or TCP, as its container asks for it.
 *
 * @param path null for TCP
 */
record Probe(
    @Nullable String path, int port, long periodMillis, Duration timeout, int failureThreshold) {
  private static final int LEAST_FAILURE = 400;

  /** Reads {@code probe} of {@code container}. */
  static Probe of(JsonNode container, JsonNode probe) {
    boolean http = probe.has("httpGet");
    JsonNode action = probe.path(http ? "httpGet" : "tcpSocket");
    return new Probe(
        http ? action.path("path").asString() : null,
        port(container, action.path("port")),
        1000L * probe.path("periodSeconds").asInt(10),
        Duration.ofSeconds(probe.path("timeoutSeconds").asInt(1)),
        probe.path("failureThreshold").asInt(3));
  }

  private static int port(JsonNode container, JsonNode port) {
    if (port.isInt()) {
      return port.asInt();
    }
    for (JsonNode named : container.path("ports")) {
      if (named.path("name").equals(port)) {
        return named.path("containerPort").asInt();
      }
    }
    throw new AssertionError("port " + port + " is none of " + container.path("ports"));
  }

  /** Returns whether the container at {@code address} is well. */
  boolean succeeds(HttpClient client, String address) throws InterruptedException {
    try {
      if (path != null) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + path))
                .timeout(timeout)
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode() < LEAST_FAILURE;
      }
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port), Math.toIntExact(timeout.toMillis()));
        return true;
      }
    } catch (IOException refused) {
      return false;
    }
  }
}
