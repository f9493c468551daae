package io.fairlead.router;

import io.fairlead.router.config.InvalidSettings;
import io.fairlead.router.config.ReplayOptions;
import io.fairlead.router.config.SettingsReader;
import io.fairlead.router.config.TokenOptions;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.manifest.Reading;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;

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
    Asked plain = PlainCommandLine.read(args);
    Understood understood = plain != null ? plain : new FullCommandLine(out, err).read(args);
    try {
      return switch (understood) {
        case Asked asked -> run(asked);
        case Understood.Answered answered -> answered.code();
      };
    } catch (InvalidSettings e) {
      e.problems().forEach(problem -> err.println("fairlead: " + problem));
      return MISUSED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private int run(Asked asked) throws InvalidSettings {
    return switch (asked.command()) {
      case "serve" -> launcher.serve(SettingsReader.serve(asked.options(), environment));
      case "demo" -> launcher.demo(SettingsReader.demo(asked.options(), environment));
      case "check" -> check(SettingsReader.check(asked.options(), environment));
      case "keygen" -> token().run(TokenOptions.keygen(asked.options()));
      case "issue" -> token().run(TokenOptions.issue(asked.options()));
      case "key" -> token().run(TokenOptions.key(asked.options()));
      case "replay" -> new ReplayCommand(out, err).run(ReplayOptions.replay(asked.options()));
      case "version" -> sayVersion();
      default -> throw new IllegalArgumentException("command: " + asked.command());
    };
  }

  private TokenCommand token() {
    return new TokenCommand(out, err, new SecureRandom());
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
