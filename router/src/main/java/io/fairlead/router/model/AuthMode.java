package io.fairlead.router.model;

/** How callers of an endpoint prove who they are. */
public enum AuthMode {
  /** One of two keys, as a bearer credential. */
  KEY("Key"),
  /** A token signed by the workspace. */
  AML_TOKEN("AMLToken"),
  /** A token of an OpenID Connect issuer. */
  AAD_TOKEN("AADToken"),
  /** Anybody may call. */
  NONE("None");

  private final String text;

  AuthMode(String text) {
    this.text = text;
  }

  /** Returns the spelling used in resources. */
  public String text() {
    return text;
  }
}
