package io.fairlead.router.jwks;

import io.fairlead.router.auth.KeyRing;
import io.fairlead.router.auth.KeySet;
import io.fairlead.router.auth.KeySetReader;
import io.fairlead.router.auth.KeySetReading;
import org.jspecify.annotations.Nullable;

/**
 * One place that keys come from, with the ring they go to. One thread takes what the place gives;
 * any may ask how it fares.
 */
class KeySource {
  private final String name;
  private final KeySetListener listener;
  private final KeyRing ring;
  private volatile boolean isTried;
  private volatile long goodNanos = -1;

  KeySource(String name, KeySetListener listener, Runnable onUnknownKey) {
    this.name = name;
    this.listener = listener;
    this.ring = new KeyRing(KeySet.NONE, onUnknownKey);
  }

  final KeyRing ring() {
    return ring;
  }

  /** Returns whether it was asked at least once, in vain or not. */
  final boolean isTried() {
    return isTried;
  }

  /** Returns when it last gave a good set; -1 for never. */
  final long goodNanos() {
    return goodNanos;
  }

  /** Takes a set that the place gave; returns why it cannot be used, or null. */
  final @Nullable String take(String json, long now) {
    return switch (KeySetReader.read(json)) {
      case KeySetReading.Accepted accepted -> {
        goodNanos = now;
        // An equal set is left alone: what was verified with its keys stays known.
        if (!accepted.keys().equals(ring.current())) {
          ring.publish(accepted.keys());
          listener.taken(name, detail(accepted));
        }
        isTried = true;
        yield null;
      }
      case KeySetReading.Refused refused -> {
        fail(refused.reason());
        yield refused.reason();
      }
    };
  }

  /** Says that the place still has what it gave last. */
  final void confirm(long now) {
    goodNanos = now;
  }

  /** Says that the place gave nothing. */
  final void fail(String why) {
    listener.failed(name, why);
    isTried = true;
  }

  private static String detail(KeySetReading.Accepted accepted) {
    int size = accepted.keys().size();
    String ignored =
        accepted.ignored().isEmpty() ? "" : "; ignored: " + String.join("; ", accepted.ignored());
    return size + (size == 1 ? " key" : " keys") + ignored;
  }
}
