package io.fairlead.router.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a log goes. */
public sealed interface LogTarget {
  /** What {@link #parse} understands. */
  String EXPECTED = "stderr, stdout, off, or a file with a / in its path";

  /** Nowhere. */
  record Off() implements LogTarget {
    @Override
    public String toString() {
      return "off";
    }
  }

  /** To standard output, which also has the ready line. */
  record StandardOutput() implements LogTarget {
    @Override
    public String toString() {
      return "stdout";
    }
  }

  /** To standard error, which also has the log of the router itself. */
  record StandardError() implements LogTarget {
    @Override
    public String toString() {
      return "stderr";
    }
  }

  /** To the end of a file. */
  record ToFile(Path path) implements LogTarget {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** Returns what {@code text} says, or null; a path has a {@code /}, so that no slip is one. */
  static @Nullable LogTarget parse(String text) {
    try {
      return switch (text) {
        case "off" -> new Off();
        case "stdout" -> new StandardOutput();
        case "stderr" -> new StandardError();
        default -> text.contains("/") ? new ToFile(Path.of(text)) : null;
      };
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
