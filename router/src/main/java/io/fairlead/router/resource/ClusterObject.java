package io.fairlead.router.resource;

/**
 * A resource as an API server has it.
 *
 * @param uid unlike that of any other object, also of an earlier one of this name
 * @param generation grows with each change of its spec
 * @param createdMillis of Unix time
 * @param json a mapping of {@code spec} alone
 * @param status what its status says, as JSON
 */
public record ClusterObject(
    Kind kind,
    String namespace,
    String name,
    String uid,
    long generation,
    long createdMillis,
    String json,
    String status) {
  /** What it can be. */
  public enum Kind {
    ENDPOINT("OnlineEndpoint", "onlineendpoints"),
    DEPLOYMENT("OnlineDeployment", "onlinedeployments");

    private final String text;
    private final String plural;

    Kind(String text, String plural) {
      this.text = text;
      this.plural = plural;
    }

    /** Returns the kind as manifests spell it. */
    public String text() {
      return text;
    }

    /** Returns the kind as paths spell it. */
    public String plural() {
      return plural;
    }
  }

  /** Returns {@code OnlineEndpoint NAMESPACE/NAME}. */
  public String title() {
    return kind.text() + " " + namespace + "/" + name;
  }
}
