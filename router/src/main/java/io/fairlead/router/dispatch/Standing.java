package io.fairlead.router.dispatch;

import java.util.Locale;

/** How a replica stood when a decision looked at it: whether it could take the request. */
public enum Standing {
  /** In service, with a free slot that this router may use. */
  FREE,
  /** In service, with every slot taken that this router may use. */
  BUSY,
  /** Left out for a while after several failures in a row. */
  EJECTED,
  /** Not a replica of the deployment any more; what it has in flight is finished. */
  REMOVED,
  /** Asked already for this request. */
  TRIED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** Returns the word that dumps and pages use. */
  public String text() {
    return text;
  }
}
