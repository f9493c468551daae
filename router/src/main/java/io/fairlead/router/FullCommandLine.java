package io.fairlead.router;

import io.fairlead.router.Understood.Answered;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Any command line: says what is wrong with it, prints help, or understands it. */
record FullCommandLine(PrintWriter out, PrintWriter err) {
  private static final int OK = 0;
  private static final int MISUSED = 2;

  Understood read(String... args) {
    CommandLine commands = new CommandLine(CommandLineModel.make(Version.text()));
    commands.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    try {
      ParseResult asked = commands.parseArgs(args);
      while (asked.hasSubcommand()) {
        asked = asked.subcommand();
      }
      return understood(asked);
    } catch (ParameterException e) {
      String command = e.getCommandLine().getCommandSpec().qualifiedName();
      err.println("fairlead: " + e.getMessage());
      err.println("Try '" + command + " --help'.");
      return new Answered(MISUSED);
    }
  }

  private Understood understood(ParseResult asked) {
    CommandLine command = asked.commandSpec().commandLine();
    if (asked.isUsageHelpRequested()) {
      command.usage(out);
      return new Answered(OK);
    }
    if (asked.isVersionHelpRequested()) {
      return new Asked("version", Map.of());
    }
    if (!command.getSubcommands().isEmpty()) {
      command.usage(err);
      return new Answered(MISUSED);
    }
    return new Asked(asked.commandSpec().name(), options(asked));
  }

  /** Returns what is given, by key rather than by option. */
  private static Map<String, String> options(ParseResult asked) {
    Map<String, String> given = new HashMap<>();
    for (CommandLine.Model.OptionSpec option : asked.matchedOptions()) {
      Object value = option.getValue();
      given.put(
          key(option.longestName()),
          value instanceof String[] parts ? String.join(",", parts) : String.valueOf(value));
    }
    return given;
  }

  private static String key(String option) {
    StringBuilder key = new StringBuilder();
    for (String word : option.substring(2).split("-", -1)) {
      key.append(key.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return key.toString();
  }
}
