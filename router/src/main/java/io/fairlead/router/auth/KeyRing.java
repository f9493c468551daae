package io.fairlead.router.auth;

/**
 * Where the keys of one issuer are found as they are now: one reference, written by whoever keeps
 * them current and read by every loop.
 */
public final class KeyRing {
  private final Runnable onUnknownKey;
  private volatile KeySet current;

  /** Returns a ring that never changes. */
  public static KeyRing of(KeySet keys) {
    return new KeyRing(keys, () -> {});
  }

  /**
   * Makes a ring.
   *
   * @param onUnknownKey told of each token whose key is not there; called on loops, at any rate
   */
  public KeyRing(KeySet keys, Runnable onUnknownKey) {
    this.current = keys;
    this.onUnknownKey = onUnknownKey;
  }

  /** Makes {@code keys} the ones that count, and those before them none. */
  public void publish(KeySet keys) {
    current = keys;
  }

  /** Returns the keys that count now; one volatile read. */
  public KeySet current() {
    return current;
  }

  void unknownKey() {
    onUnknownKey.run();
  }
}
