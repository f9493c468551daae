package io.fairlead.router.http1;

/** How far a scanner got with the bytes it was given. */
public enum Progress {
  /** Every byte was taken and the head is not complete. */
  MORE,
  /** The head is complete; the reader index stands just behind it. */
  DONE,
  /** The head is refused, and so is everything after it on this connection. */
  REFUSED
}
