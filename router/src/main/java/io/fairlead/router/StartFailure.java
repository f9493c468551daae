package io.fairlead.router;

import java.util.List;

/** Why the router cannot start: one line for each reason, with what was found and expected. */
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> lines;

  StartFailure(List<String> lines) {
    super(String.join("; ", lines));
    this.lines = List.copyOf(lines);
  }

  StartFailure(String line) {
    this(List.of(line));
  }

  List<String> lines() {
    return lines;
  }
}
