package io.fairlead.router.token;

/** Why a file holds no key that can be used; says nothing of what it holds. */
public final class KeyProblem extends Exception {
  private static final long serialVersionUID = 1;

  KeyProblem(String message) {
    super(message);
  }
}
