package io.fairlead.router.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Everything found wrong with the settings so far. */
final class Problems {
  private final List<String> messages = new ArrayList<>();

  List<String> messages() {
    return List.copyOf(messages);
  }

  /** Adds that {@code key} holds something else than was expected. */
  void unexpected(String key, Sources.Given given, String expected) {
    String shown = given.text().replaceAll("\\p{Cntrl}", "?");
    add(key + ": " + (shown.isEmpty() ? "empty" : shown) + " from " + given.from(), expected);
  }

  /** Adds that nothing is given for {@code key}. */
  void missing(String key, String expected) {
    add(key + ": missing", expected);
  }

  /** Adds a key that does not exist. */
  void unknown(String key, String from, Collection<String> known) {
    String plain = plain(key);
    String near = "";
    for (String word : known) {
      if (plain(word).equals(plain)) {
        near = "; did you mean " + word + "?";
      }
    }
    add(key + ": unknown key from " + from, "one that --help lists" + near);
  }

  /** Adds something of another form. */
  void add(String what, String expected) {
    messages.add(what + " (expected: " + expected + ")");
  }

  /** Letters and digits alone, so that {@code tls-cert}, {@code TLS_CERT}, tlsCert are the same. */
  private static String plain(String key) {
    String bare = key.startsWith(Sources.PREFIX) ? key.substring(Sources.PREFIX.length()) : key;
    return bare.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
  }
}
