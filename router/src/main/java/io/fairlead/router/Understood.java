package io.fairlead.router;

/** What came of reading a command line: something to do, or nothing more. */
sealed interface Understood permits Asked, Understood.Answered {

  /** Help, the version or a mistake: all is said, the program ends with {@code code}. */
  record Answered(int code) implements Understood {}
}
