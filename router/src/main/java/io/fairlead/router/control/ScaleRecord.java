package io.fairlead.router.control;

import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleRefusal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A decision about a scale, and what became of it; with how often it was made in a row.
 *
 * @param sinceMillis when it was made first, in Unix time
 * @param lastMillis when it was made last
 * @param times how often
 * @param current replicas that were ordered; -1 if that is not known
 * @param decision the last of them; null if the scale could not even be read
 * @param obstacle why it was not carried out; null if it was, or was not to be
 */
public record ScaleRecord(
    long sinceMillis,
    long lastMillis,
    int times,
    int current,
    @Nullable ScaleDecision decision,
    Applied applied,
    ScaleReading.@Nullable Refused obstacle) {
  /** What became of a decision. */
  public enum Applied {
    /** There was nothing to do. */
    NOTHING,
    /** It was ordered. */
    WRITTEN,
    /** It was only told: {@code mode: advisory}. */
    ADVISED,
    /** It could not be made, or not be carried out. */
    REFUSED;

    /** Returns the word in answers. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns why nothing was ordered that should have been; null if nothing is in the way. */
  public @Nullable ScaleRefusal refusal() {
    if (obstacle != null) {
      return obstacle.why();
    }
    return decision instanceof ScaleDecision.Refused refused ? refused.why() : null;
  }

  /** Returns how many replicas the load needs; -1 if that is not known. */
  public int desired() {
    return switch (decision) {
      case ScaleDecision.Change change -> change.desired();
      case ScaleDecision.Keep keep -> keep.desired();
      case ScaleDecision.Refused refused -> -1;
      case null -> -1;
    };
  }

  /** Returns the rule that decided, or why none could. */
  public String rule() {
    return switch (decision) {
      case ScaleDecision.Change change -> change.rule().text();
      case ScaleDecision.Keep keep -> keep.rule().text();
      case ScaleDecision.Refused refused -> refused.why().text();
      case null -> obstacle == null ? "" : obstacle.why().text();
    };
  }

  /** Returns a sentence for people. */
  public String reason() {
    String decided = decision == null ? "" : decision.reason();
    if (obstacle == null) {
      return decided;
    }
    return decided.isEmpty() ? obstacle.detail() : decided + "; but " + obstacle.detail();
  }

  /** Returns whether {@code next} says the same again. */
  boolean isRepeatedBy(ScaleRecord next) {
    return applied != Applied.WRITTEN
        && applied == next.applied
        && current == next.current
        && desired() == next.desired()
        && rule().equals(next.rule())
        && refusal() == next.refusal();
  }

  /** Returns {@code next} as one more of these. */
  ScaleRecord and(ScaleRecord next) {
    return new ScaleRecord(
        sinceMillis,
        next.lastMillis,
        times + 1,
        next.current,
        next.decision,
        next.applied,
        next.obstacle);
  }
}
