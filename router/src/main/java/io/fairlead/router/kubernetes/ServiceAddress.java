package io.fairlead.router.kubernetes;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Where callers reach a Service from outside. */
final class ServiceAddress {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private ServiceAddress() {}

  /** Returns {@code https://HOST[:PORT]}, or http; null as long as there is no load balancer. */
  static @Nullable String of(JsonNode service) {
    JsonNode ingress = service.path("status").path("loadBalancer").path("ingress").path(0);
    String name = ingress.path("hostname").asString("");
    String host = name.isEmpty() ? ingress.path("ip").asString("") : name;
    if (host.isEmpty()) {
      return null;
    }
    String literal = host.indexOf(':') < 0 ? host : "[" + host + "]";
    int plain = 0;
    for (JsonNode port : service.path("spec").path("ports")) {
      int number = port.path("port").asInt(0);
      String title = port.path("name").asString("");
      if (title.equals("https") || number == HTTPS) {
        return "https://" + literal + (number == HTTPS ? "" : ":" + number);
      }
      if (title.equals("http") || number == HTTP) {
        plain = number;
      }
    }
    return plain == 0 ? null : "http://" + literal + (plain == HTTP ? "" : ":" + plain);
  }
}
