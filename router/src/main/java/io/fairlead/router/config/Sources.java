package io.fairlead.router.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Where settings come from: options before the environment before the file. */
final class Sources {
  static final String PREFIX = "FAIRLEAD_";

  /** Of the script that starts the program. */
  private static final Set<String> LAUNCHER =
      Set.of("FAIRLEAD_JAVA_HOME", "FAIRLEAD_JAVA_OPTS", "FAIRLEAD_CACHE", "FAIRLEAD_HOME");

  /** Kubernetes tells every pod of each Service, one called fairlead among them, in these. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "FAIRLEAD_([A-Z0-9_]+_)?"
              + "(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)");

  private Sources() {}

  /**
   * A value as it was written.
   *
   * @param from the option, the variable, or the place in the file
   */
  record Given(String text, String from) {}

  /** Returns what is given on a command line that nothing else adds to. */
  static Map<String, Given> ofOptions(Map<String, String> options) {
    Map<String, Given> given = new HashMap<>();
    options.forEach(
        (key, text) ->
            given.put(
                key,
                new Given(text, "--" + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))));
    return given;
  }

  /**
   * Gathers what is given for each known key; the rest becomes a problem.
   *
   * @param options by key
   */
  static Map<String, Given> gather(
      Map<String, String> options, Map<String, String> environment, Problems problems) {
    Map<String, Option<?>> byKey = by(Option::key);
    Map<String, Option<?>> byVariable = by(Option::variable);
    Map<String, Given> given = new HashMap<>();
    Map<String, String> variables = new TreeMap<>(environment);
    variables.forEach(
        (name, text) -> {
          Option<?> option = byVariable.get(name);
          if (option != null) {
            given.put(option.key(), new Given(text, name));
          } else if (name.startsWith(PREFIX) && !isForOthers(name)) {
            problems.unknown(name, "the environment", byVariable.keySet());
          }
        });
    options.forEach(
        (key, text) -> {
          Option<?> option = byKey.get(key);
          if (option == null) {
            problems.unknown(key, "the command line", byKey.keySet());
          } else {
            given.put(key, new Given(text, option.option()));
          }
        });
    Given config = given.get(Options.CONFIG.key());
    Path file = config == null ? null : Options.CONFIG.parse().apply(config.text());
    if (file != null) {
      ConfigFile.read(file, byKey.keySet(), problems).forEach(given::putIfAbsent);
    }
    return given;
  }

  private static boolean isForOthers(String variable) {
    return LAUNCHER.contains(variable) || SERVICE_LINK.matcher(variable).matches();
  }

  private static Map<String, Option<?>> by(Function<Option<?>, String> name) {
    Map<String, Option<?>> options = new LinkedHashMap<>();
    for (Option<?> option : Options.all()) {
      options.put(name.apply(option), option);
    }
    return options;
  }
}
