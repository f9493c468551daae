package io.fairlead.router.model;

import java.util.regex.Pattern;

/** The rule for names of endpoints and deployments, as documented for AzureML. */
public final class Names {
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?", Pattern.DOTALL);

  private Names() {}

  /** What a valid name looks like, for messages. */
  public static final String EXPECTED =
      "3 to 32 letters, digits or '-', starting with a letter and not ending with '-'";

  /** Returns whether {@code name} may be an endpoint's or a deployment's. */
  public static boolean isValid(String name) {
    return name.length() >= 3 && name.length() <= 32 && NAME.matcher(name).matches();
  }

  static String require(String what, String name) {
    if (!isValid(name)) {
      throw new IllegalArgumentException(what + ": " + name + " (expected: " + EXPECTED + ")");
    }
    return name;
  }
}
