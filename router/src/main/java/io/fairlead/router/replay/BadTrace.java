package io.fairlead.router.replay;

/** A trace cannot be read; the message says which line of it, and what was expected. */
public final class BadTrace extends Exception {
  private static final long serialVersionUID = 1;

  BadTrace(String message) {
    super(message);
  }

  /** Returns the message. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
