package io.fairlead.router.jwks;

/** Told how sources of keys fare; called on whatever thread asked. */
public interface KeySetListener {
  /** {@code source} gave another set than before, and it counts now. */
  void taken(String source, String detail);

  /** {@code source} was asked in vain; what it gave before still counts. */
  void failed(String source, String why);
}
