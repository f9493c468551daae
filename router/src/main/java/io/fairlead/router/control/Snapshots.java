package io.fairlead.router.control;

/** The one reference to the current snapshot. */
public interface Snapshots {
  /** Returns the newest snapshot; one volatile read. */
  Snapshot current();
}
