package io.fairlead.router.model;

/**
 * Where and how a replica is asked to score.
 *
 * @param port of pods found by label; addresses carry their own
 * @param path of the score route in the model
 */
public record Scoring(int port, String path) {
  /** The documented model container. */
  public static final Scoring DEFAULT = new Scoring(5001, "/score");

  public Scoring {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("scoring.port: " + port + " (expected: 1 to 65535)");
    }
    if (!path.startsWith("/")
        || !path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '?' && c != '#')) {
      throw new IllegalArgumentException(
          "scoring.path: " + path + " (expected: an absolute path without query)");
    }
  }
}
