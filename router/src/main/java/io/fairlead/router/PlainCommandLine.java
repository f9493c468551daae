package io.fairlead.router;

import io.fairlead.router.config.KubernetesOptions;
import io.fairlead.router.config.LeaseOptions;
import io.fairlead.router.config.LimitOptions;
import io.fairlead.router.config.ObserveOptions;
import io.fairlead.router.config.Option;
import io.fairlead.router.config.Options;
import io.fairlead.router.config.PeerOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A command line on which everything is as it should be: a command and known options, each once and
 * with a value where it needs one. That is how a router is started, and it is understood without
 * picocli, whose 150 classes no AOT cache takes (they are in the format of Java 5): loading them is
 * half of a start. Everything else is left to {@link FullCommandLine}, which understands these
 * lines too, the same way.
 */
final class PlainCommandLine {
  private PlainCommandLine() {}

  /** Returns what {@code args} ask; null if there is anything about them to explain. */
  static @Nullable Asked read(String... args) {
    Map<String, Option<?>> keys = args.length == 0 ? null : keys(args[0]);
    if (keys == null) {
      return null;
    }
    Map<String, String> given = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      Option<?> option = keys.get(equals < 0 ? args[i] : args[i].substring(0, equals));
      if (option == null) {
        return null;
      }
      String value =
          equals >= 0
              ? args[i].substring(equals + 1)
              : option.isFlag() ? "true" : following(args, i++);
      if (value == null || given.put(option.key(), value) != null) {
        return null;
      }
    }
    return new Asked(args[0], given);
  }

  private static @Nullable String following(String[] args, int option) {
    boolean isValue = option + 1 < args.length && !args[option + 1].startsWith("-");
    return isValue ? args[option + 1] : null;
  }

  /** Returns the options of a command by name; null if there is no such command. */
  private static @Nullable Map<String, Option<?>> keys(String command) {
    return switch (command) {
      case "serve" ->
          keys(
              Stream.of(
                      Options.SERVE,
                      KubernetesOptions.ALL,
                      LeaseOptions.ALL,
                      PeerOptions.ALL,
                      ObserveOptions.ALL,
                      LimitOptions.ALL)
                  .flatMap(List::stream));
      case "demo" -> keys(Options.DEMO.stream());
      case "check" -> keys(Options.CHECK.stream());
      default -> null;
    };
  }

  private static Map<String, Option<?>> keys(Stream<Option<?>> options) {
    Map<String, Option<?>> keys = new HashMap<>();
    options.forEach(option -> keys.put(option.option(), option));
    return keys;
  }
}
