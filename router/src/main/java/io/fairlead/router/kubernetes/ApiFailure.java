package io.fairlead.router.kubernetes;

import java.io.IOException;

/** The API server said no, or something else than what was expected. */
final class ApiFailure extends IOException {
  private static final long serialVersionUID = 1;
  private static final int BAD_REQUEST = 400;
  private static final int GONE = 410;
  private static final int TIMEOUT = 504;

  private final int code;

  ApiFailure(int code, String message) {
    super(message);
    this.code = code;
  }

  /** Returns the status of HTTP. */
  int code() {
    return code;
  }

  /**
   * Returns whether the version asked for is none that the server can go on from, so that a new
   * list has to be made: too old (410), or from before it lost data (504, too large).
   */
  boolean isStale() {
    return code == GONE || code == TIMEOUT || code == BAD_REQUEST;
  }
}
