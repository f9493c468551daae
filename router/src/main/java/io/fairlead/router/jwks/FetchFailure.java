package io.fairlead.router.jwks;

/** Why a source gave no keys, in one sentence with what was expected. */
final class FetchFailure extends Exception {
  private static final long serialVersionUID = 1;

  FetchFailure(String message) {
    super(message, null, false, false);
  }
}
