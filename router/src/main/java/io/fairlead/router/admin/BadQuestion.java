package io.fairlead.router.admin;

/** What is asked of the admin port is not understood; the message says what was expected. */
final class BadQuestion extends Exception {
  private static final long serialVersionUID = 1;

  BadQuestion(String message) {
    super(message);
  }

  /** Returns at most 64 characters of a key or value for a message, all of them visible. */
  static String shown(String text) {
    String cut = text.length() > 64 ? text.substring(0, 64) + "..." : text;
    return cut.replaceAll("[^!-~]", "?");
  }

  /** Returns the message. */
  String text() {
    return String.valueOf(getMessage());
  }
}
