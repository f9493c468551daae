package io.fairlead.router.overload;

import io.fairlead.router.model.Limits;
import java.util.List;

/**
 * Decides from readings what to give up. The scarcest resource decides: a stage begins at once when
 * a reading reaches it, and ends only when all readings are two percent below, so that a router on
 * the edge does not change its mind every second.
 *
 * <p>Not thread-safe: it belongs to whoever takes the readings.
 */
public final class OverloadGauge {
  /** How far below its beginning a stage ends, in thousandths. */
  private static final int MARGIN = 20;

  private final Limits.Overload limits;
  private OverloadStage stage = OverloadStage.NORMAL;

  public OverloadGauge(Limits.Overload limits) {
    this.limits = limits;
  }

  /** Returns what to give up from now on. */
  public OverloadState update(List<Reading> readings) {
    int worst = 0;
    for (Reading reading : readings) {
      worst = Math.max(worst, reading.permille());
    }
    OverloadStage rising = stageAt(worst);
    OverloadStage falling = stageAt(worst + MARGIN);
    if (rising.compareTo(stage) > 0) {
      stage = rising;
    } else if (falling.compareTo(stage) < 0) {
      stage = falling;
    }
    return new OverloadState(stage, readings);
  }

  private OverloadStage stageAt(int permille) {
    if (reaches(permille, limits.stopAcceptingPercent())) {
      return OverloadStage.STOP_ACCEPTING;
    }
    if (reaches(permille, limits.refusePercent())) {
      return OverloadStage.REFUSE_REQUESTS;
    }
    return reaches(permille, limits.noKeepAlivePercent())
        ? OverloadStage.NO_KEEP_ALIVE
        : OverloadStage.NORMAL;
  }

  private static boolean reaches(int permille, int percent) {
    return percent > 0 && permille >= percent * 10;
  }
}
