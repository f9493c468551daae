package io.fairlead.router.autoscale;

import java.util.Locale;

/** Which rule of the autoscaler made a decision. */
public enum ScaleRule {
  /** The load needs more replicas than are ordered: at once. */
  UP,
  /** A step of the load: what its arrivals need, at once and whole. */
  PANIC,
  /** The load has needed fewer for the whole window: one step down. */
  DOWN,
  /** More or fewer are ordered than the settings allow: into their range at once. */
  RANGE,
  /** The load needs as many as are ordered. */
  STEADY,
  /** The load needs fewer, but has not done so for long enough. */
  WAIT_LOWER,
  /** Fewer would do, but those that are ready do not: the others are starting. */
  WAIT_STARTING;

  /** Returns the value of the tag and the word in answers. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
