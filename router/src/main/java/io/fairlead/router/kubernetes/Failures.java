package io.fairlead.router.kubernetes;

/** What an exception says, in one line. */
final class Failures {
  private static final int DEEPEST = 20;

  private Failures() {}

  /** Returns the first message on the way to the root, or the name of the root. */
  static String text(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; depth < DEEPEST; depth++) {
      String message = at.getMessage();
      Throwable cause = at.getCause();
      if (message != null && !message.isBlank() && !message.equals(String.valueOf(cause))) {
        return message.lines().findFirst().orElse(message);
      }
      if (cause == null) {
        break;
      }
      at = cause;
    }
    return at.getClass().getSimpleName();
  }
}
