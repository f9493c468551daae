package io.fairlead.router.overload;

import java.util.List;

/**
 * A stage with the readings that led to it.
 *
 * @param readings one for each resource that can be read here
 */
public record OverloadState(OverloadStage stage, List<Reading> readings) {
  /** Before anything was read. */
  public static final OverloadState NONE = new OverloadState(OverloadStage.NORMAL, List.of());

  public OverloadState {
    readings = List.copyOf(readings);
  }
}
