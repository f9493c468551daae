package io.fairlead.router.proxy;

/** A connection from a caller, of either version, as far as ending it is concerned. */
interface CallerConnection {
  /**
   * Says good-bye: closes at once if nothing is under way, else after the last answer; HTTP/2 sends
   * GOAWAY. Runs on the connection's loop.
   */
  void drain();

  /**
   * Ends what the good-bye has not: a WebSocket in good order, what waits for an answer with one
   * that says why. There is no time left for a better one.
   */
  default void endRest() {}

  /** Frees what it can without a caller losing a request: closes if nothing is under way. */
  default void giveWay() {}
}
