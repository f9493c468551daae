package io.fairlead.router.model;

/**
 * A deployment that gets copies of a share of the live requests; their answers are dropped.
 *
 * @param percent of the endpoint's requests, 1 to 50
 */
public record Mirror(String deployment, int percent) {
  public Mirror {
    Names.require("mirrorTraffic", deployment);
    if (percent < 1 || percent > 50) {
      throw new IllegalArgumentException(
          "mirrorTraffic." + deployment + ": " + percent + " (expected: 1 to 50)");
    }
  }
}
