package io.fairlead.router.model;

import java.util.List;

/**
 * Which pages of other origins may call an endpoint from a browser (Fetch standard, section 3.2).
 *
 * @param origins such as {@code https://app.example.com}; {@code *} alone for all
 * @param methods that a preflight is told of; empty for those of the address that is asked for
 * @param headers that a page may send beside those that are always allowed
 * @param maxAgeSeconds how long a browser may keep the answer to a preflight
 */
public record Cors(
    List<String> origins, List<String> methods, List<String> headers, int maxAgeSeconds) {
  /** Stands alone among the origins for all of them. */
  public static final String ANY = "*";

  public Cors {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    if (origins.isEmpty()) {
      throw new IllegalArgumentException("cors.origins: none (expected: at least one origin)");
    }
    if (origins.contains(ANY) && origins.size() > 1) {
      throw new IllegalArgumentException("cors.origins: * beside others (expected: * alone)");
    }
    if (maxAgeSeconds < 0 || maxAgeSeconds > 86_400) {
      throw new IllegalArgumentException(
          "cors.maxAgeSeconds: " + maxAgeSeconds + " (expected: 0 to 86400)");
    }
  }
}
