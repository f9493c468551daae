package io.fairlead.router.resource;

/**
 * Something that is the matter with a resource.
 *
 * @param message what was found, and what was expected
 */
public record Condition(Type type, String message) {
  /** What it can be; the first one that holds is why a resource is not ready. */
  public enum Type {
    /** Its spec cannot be taken; what was good before stays in use. */
    INVALID_SPEC("InvalidSpec"),
    /** Its traffic cannot be taken; what was good before stays in use. */
    INVALID_TRAFFIC("InvalidTraffic"),
    /** A Secret that it names is not there, or not to be read. */
    SECRET_MISSING("SecretMissing"),
    /** A Secret that it names does not hold what it should. */
    SECRET_INVALID("SecretInvalid"),
    /** An older resource has the name that this one asks for. */
    CONFLICT("Conflict"),
    /** It belongs to an endpoint that is not there. */
    ENDPOINT_NOT_FOUND("EndpointNotFound"),
    /** It names a deployment that is not there. */
    DEPLOYMENT_NOT_FOUND("DeploymentNotFound"),
    /** No deployment has a share of its traffic. */
    NO_TRAFFIC("NoTraffic"),
    /** There is nobody to answer its requests. */
    NO_REPLICAS("NoReplicas");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /** Returns the type as a status spells it. */
    public String text() {
      return text;
    }
  }

  /** Longest message: a status is read by people. */
  private static final int LONGEST = 1024;

  public Condition {
    message = message.length() <= LONGEST ? message : message.substring(0, LONGEST - 3) + "...";
  }
}
