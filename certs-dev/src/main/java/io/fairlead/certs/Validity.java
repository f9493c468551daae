package io.fairlead.certs;

import java.time.Duration;
import java.time.Instant;

/** The time in which a certificate is valid, both ends included. */
public record Validity(Instant notBefore, Instant notAfter) {
  /** Clocks of clients may be behind the one that made the certificate. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  public Validity {
    if (!notBefore.isBefore(notAfter)) {
      throw new IllegalArgumentException(
          "notAfter: " + notAfter + " (expected: later than notBefore " + notBefore + ")");
    }
  }

  /** Valid from an hour before {@code now}, for {@code length} after it. */
  public static Validity of(Instant now, Duration length) {
    return new Validity(now.minus(BACKDATED), now.plus(length));
  }

  /** Valid for a day that ended an hour before {@code now}. */
  public static Validity expired(Instant now) {
    var end = now.minus(Duration.ofHours(1));
    return new Validity(end.minus(Duration.ofDays(1)), end);
  }
}
