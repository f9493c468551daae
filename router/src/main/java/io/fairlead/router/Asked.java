package io.fairlead.router;

import java.util.Map;

/**
 * A command and its options, by key.
 *
 * @param options texts as they were given, such as {@code tlsCert} to {@code cert.pem}
 */
record Asked(String command, Map<String, String> options) implements Understood {
  Asked {
    options = Map.copyOf(options);
  }
}
