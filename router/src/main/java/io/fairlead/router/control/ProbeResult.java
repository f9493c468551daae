package io.fairlead.router.control;

/** What a probe of a replica has found. */
public enum ProbeResult {
  /** The model answered with 2xx or 3xx. */
  WELL("well"),
  /** It answered with another status. */
  UNWELL("unwell"),
  /** There was no connection, no response in time, or no whole one. */
  FAILED("failed");

  private final String text;

  ProbeResult(String text) {
    this.text = text;
  }

  /** Returns the value of the tag. */
  public String text() {
    return text;
  }

  /** Returns what a model's status means, as Kubernetes takes that of its own probes. */
  public static ProbeResult of(int status) {
    return status >= 200 && status <= 399 ? WELL : UNWELL;
  }
}
