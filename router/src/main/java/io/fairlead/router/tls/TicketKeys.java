package io.fairlead.router.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The keys that session tickets (RFC 5077, RFC 8446 4.6.1) are sealed with: one that seals, and the
 * one before it, which still opens. So a ticket lives 12 to 24 hours, and a key that is stolen
 * opens no older session. Each router has its own: they never leave the process.
 */
final class TicketKeys {
  static final Duration PERIOD = Duration.ofHours(12);

  private final SecureRandom random;
  private OpenSslSessionTicketKey current;
  private @Nullable OpenSslSessionTicketKey previous;
  private Instant since;

  TicketKeys(SecureRandom random, Instant now) {
    this.random = random;
    this.current = newKey(random);
    this.since = now;
  }

  /** Takes a new key if the current one has served its time; returns whether it did. */
  boolean rotate(Instant now) {
    var age = Duration.between(since, now);
    if (age.compareTo(PERIOD) < 0) {
      return false;
    }
    previous = age.compareTo(PERIOD.multipliedBy(2)) < 0 ? current : null;
    current = newKey(random);
    since = now;
    return true;
  }

  /** The key that seals, and then the one that only opens. */
  OpenSslSessionTicketKey[] keys() {
    var old = previous;
    return old == null
        ? new OpenSslSessionTicketKey[] {current}
        : new OpenSslSessionTicketKey[] {current, old};
  }

  private static OpenSslSessionTicketKey newKey(SecureRandom random) {
    return new OpenSslSessionTicketKey(
        bytes(random, OpenSslSessionTicketKey.NAME_SIZE),
        bytes(random, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        bytes(random, OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private static byte[] bytes(SecureRandom random, int count) {
    var bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
