package io.fairlead.router.resource;

import java.util.Map;

/** What was found when a Secret was asked for. */
public sealed interface SecretLook {
  /** It is there. */
  record Found(Map<String, String> data) implements SecretLook {
    public Found {
      data = Map.copyOf(data);
    }

    /** Says which entries there are, and nothing of what they hold. */
    @Override
    public String toString() {
      return "Found" + data.keySet();
    }
  }

  /** There is none. */
  record Missing() implements SecretLook {}

  /** The API server does not tell, which is not for lack of an answer. */
  record Denied(String why) implements SecretLook {}
}
