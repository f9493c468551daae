package io.fairlead.router.dispatch;

/**
 * What takes a slot: a connection to a replica, or a stream of one, with a request on it. Any
 * thread may call these; what they ask for happens on the holder's own.
 */
public interface SlotHolder {
  /** Calls {@link Permit#missed} if {@code permit} is not, or no longer, what it works with. */
  void check(Permit permit);

  /** Ends what it does with {@code permit}, and releases it: its lease is over. */
  void cutOff(Permit permit);

  /** Returns a word for what it is doing, as it was a moment ago. */
  String condition();
}
