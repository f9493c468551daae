package io.fairlead.router.kubernetes;

/** What an exception says, in one line. */
final class Failures {
  private Failures() {}

  /** Returns the first message on the way to the root, or the name of the root. */
  static String text(Throwable failure) {
    Throwable at = failure;
    while (true) {
      String message = at.getMessage();
      Throwable cause = at.getCause();
      if (message != null && !message.isBlank() && !message.equals(String.valueOf(cause))) {
        return message.lines().findFirst().orElse(message);
      }
      if (cause == null || cause == at) {
        return at.getClass().getSimpleName();
      }
      at = cause;
    }
  }
}
