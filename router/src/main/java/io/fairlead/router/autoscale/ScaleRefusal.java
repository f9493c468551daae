package io.fairlead.router.autoscale;

import java.util.Locale;

/** Why nothing is decided, or a decision not carried out. The data path goes on in every case. */
public enum ScaleRefusal {
  /** A router's load report is missing or old. */
  STALE_LOAD("StaleLoad"),
  /** There are other routers that do not share slots with this one, and so not their load. */
  UNSHARED_LOAD("LoadNotShared"),
  /** A replica has no limit, so that there is no utilization. */
  UNSUPPORTED("ScaleUnsupported"),
  /** A HorizontalPodAutoscaler scales the same object. */
  FOREIGN_AUTOSCALER("ForeignAutoscaler"),
  /** There is no such object, or it cannot be scaled. */
  TARGET_MISSING("ScaleTargetMissing"),
  /** The router may not read or write the scale. */
  FORBIDDEN("ScaleForbidden"),
  /** Somebody else changed the scale between reading and writing it. */
  CONFLICT("ScaleConflict"),
  /** The scale could not be read or written. */
  UNAVAILABLE("ScaleUnavailable"),
  /** Replicas are given by address: there is nothing to scale. */
  FIXED_ADDRESSES("FixedAddresses");

  private final String condition;

  ScaleRefusal(String condition) {
    this.condition = condition;
  }

  /** Returns the reason of the condition and the Event. */
  public String condition() {
    return condition;
  }

  /** Returns the value of the tag and the word in answers. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
