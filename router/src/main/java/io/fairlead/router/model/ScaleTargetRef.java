package io.fairlead.router.model;

/**
 * Whose {@code scale} the autoscaler of a deployment writes.
 *
 * @param kind of the object, in the deployment's namespace
 */
public record ScaleTargetRef(String kind, String name) {
  public ScaleTargetRef {
    if (!kind.matches("[A-Z][a-zA-Z0-9]{0,62}")) {
      throw new IllegalArgumentException(
          "kind: " + kind + " (expected: a kind, such as Deployment)");
    }
    if (!name.matches("[a-zA-Z0-9]([-.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?")) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: 1 to 253 letters, digits, '-' or '.')");
    }
  }

  /** Returns such as {@code Deployment/chat-blue}. */
  @Override
  public String toString() {
    return kind + "/" + name;
  }
}
