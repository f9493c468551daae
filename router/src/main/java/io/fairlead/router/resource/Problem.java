package io.fairlead.router.resource;

/**
 * One thing that is wrong with a resource, and where.
 *
 * @param file its name within the directory
 * @param line from 1; 0 if the file as a whole is meant
 * @param column from 1; 0 if the file as a whole is meant
 * @param message names the field, what it says and what was expected
 */
public record Problem(String file, int line, int column, String message) {
  /** Returns {@code file.yaml:12:5: message}, as compilers write it. */
  @Override
  public String toString() {
    return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
  }
}
