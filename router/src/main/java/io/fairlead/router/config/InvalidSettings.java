package io.fairlead.router.config;

import java.util.List;

/** Everything that is wrong with what the command line, the environment and the file say. */
public final class InvalidSettings extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  InvalidSettings(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns one line for each problem. */
  public List<String> problems() {
    return problems;
  }
}
