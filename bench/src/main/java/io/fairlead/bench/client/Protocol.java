package io.fairlead.bench.client;

import java.util.Locale;

/** What a caller speaks. */
public enum Protocol {
  /** Cleartext HTTP/1.1. */
  H1(false, false),
  /** TLS and HTTP/1.1. */
  TLS1(true, false),
  /** Cleartext HTTP/2 by prior knowledge. */
  H2C(false, true),
  /** TLS and HTTP/2. */
  H2(true, true);

  private final boolean tls;
  private final boolean multiplexed;

  Protocol(boolean tls, boolean multiplexed) {
    this.tls = tls;
    this.multiplexed = multiplexed;
  }

  /** Returns whether the connection is encrypted. */
  public boolean tls() {
    return tls;
  }

  /** Returns whether one connection has many requests at once. */
  public boolean multiplexed() {
    return multiplexed;
  }

  /** Returns its name in options and reports. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
