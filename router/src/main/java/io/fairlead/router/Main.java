package io.fairlead.router;

import io.fairlead.router.config.InvalidSettings;
import io.fairlead.router.config.SettingsReader;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.manifest.Reading;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line: understands what is asked and hands it to the {@link Launcher}. */
public final class Main {
  private static final int OK = 0;
  private static final int PROBLEMS_FOUND = 1;
  private static final int MISUSED = 2;

  private final Launcher launcher;
  private final Map<String, String> environment;
  private final PrintWriter out;
  private final PrintWriter err;

  Main(Launcher launcher, Map<String, String> environment, PrintWriter out, PrintWriter err) {
    this.launcher = launcher;
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Runs the program. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(new Main(new Launch(out, err), System.getenv(), out, err).run(args));
  }

  /** Does what {@code args} ask; returns the exit code. */
  int run(String... args) {
    CommandLine commands = new CommandLine(CommandLineModel.make(Version.text()));
    commands.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    try {
      ParseResult asked = commands.parseArgs(args);
      while (asked.hasSubcommand()) {
        asked = asked.subcommand();
      }
      return run(asked);
    } catch (ParameterException e) {
      String command = e.getCommandLine().getCommandSpec().qualifiedName();
      err.println("fairlead: " + e.getMessage());
      err.println("Try '" + command + " --help'.");
      return MISUSED;
    } catch (InvalidSettings e) {
      e.problems().forEach(problem -> err.println("fairlead: " + problem));
      return MISUSED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private int run(ParseResult asked) throws InvalidSettings {
    if (asked.isUsageHelpRequested()) {
      asked.commandSpec().commandLine().usage(out);
      return OK;
    }
    if (asked.isVersionHelpRequested()) {
      return sayVersion();
    }
    return switch (asked.commandSpec().name()) {
      case "serve" -> launcher.serve(SettingsReader.serve(options(asked), environment));
      case "demo" -> launcher.demo(SettingsReader.demo(options(asked), environment));
      case "check" -> check(SettingsReader.check(options(asked), environment));
      case "version" -> sayVersion();
      default -> {
        asked.commandSpec().commandLine().usage(err);
        yield MISUSED;
      }
    };
  }

  /** Returns what is given, by key rather than by option. */
  private static Map<String, String> options(ParseResult asked) {
    Map<String, String> given = new HashMap<>();
    for (CommandLine.Model.OptionSpec option : asked.matchedOptions()) {
      given.put(key(option.longestName()), option.getValue());
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

  private int check(Path directory) {
    // The first look always reads.
    Reading reading = Objects.requireNonNull(new ManifestDirectory(directory).poll());
    return switch (reading) {
      case Reading.Accepted accepted -> {
        out.printf(
            "%s: %s, %s and %s in %s: no problem%n",
            directory,
            count(accepted.state().endpoints().size(), "endpoint"),
            count(accepted.state().deployments().size(), "deployment"),
            count(accepted.secrets(), "secret"),
            count(accepted.files(), "file"));
        yield OK;
      }
      case Reading.Refused refused -> {
        refused.problems().forEach(out::println);
        out.printf("%s: %s%n", directory, count(refused.problems().size(), "problem"));
        yield PROBLEMS_FOUND;
      }
    };
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private int sayVersion() {
    out.println("fairlead " + Version.text());
    return OK;
  }
}
