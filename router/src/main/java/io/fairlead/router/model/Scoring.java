package io.fairlead.router.model;

import org.jspecify.annotations.Nullable;

/**
 * Where and how a replica is asked to score.
 *
 * @param port of pods found by label; addresses carry their own
 * @param path of the score route in the model
 * @param healthPath asked of replicas to tell whether they are well; null for never, as where
 *     Kubernetes says which are ready
 */
public record Scoring(int port, String path, Protocol protocol, @Nullable String healthPath) {
  /** What a model speaks. */
  public enum Protocol {
    /** HTTP/1.1. */
    HTTP1,
    /** HTTP/2 in clear text with prior knowledge (RFC 9113, section 3.3). */
    H2C
  }

  /** The documented model container. */
  public static final Scoring DEFAULT = new Scoring(5001, "/score", Protocol.HTTP1, null);

  public Scoring {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("scoring.port: " + port + " (expected: 1 to 65535)");
    }
    requirePath("path", path);
    if (healthPath != null) {
      requirePath("healthPath", healthPath);
    }
  }

  private static void requirePath(String key, String path) {
    if (!path.startsWith("/")
        || !path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '?' && c != '#')) {
      throw new IllegalArgumentException(
          "scoring." + key + ": " + path + " (expected: an absolute path without query)");
    }
  }

  /** Returns this for replicas that nobody probes. */
  public Scoring withoutHealthPath() {
    return new Scoring(port, path, protocol, null);
  }
}
