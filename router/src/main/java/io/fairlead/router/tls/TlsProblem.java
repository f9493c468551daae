package io.fairlead.router.tls;

import java.io.Serial;
import java.util.List;

/** Why a certificate, its key or a TLS library cannot be used: one line for each reason. */
public final class TlsProblem extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient List<String> lines;

  TlsProblem(List<String> lines) {
    super(String.join("; ", lines));
    this.lines = List.copyOf(lines);
  }

  TlsProblem(String line) {
    this(List.of(line));
  }

  /** The reasons, each with what was found and what was expected. */
  public List<String> lines() {
    return lines;
  }
}
