package io.fairlead.router.control;

import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.model.DeploymentKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last decisions about one deployment, and how many there were of each kind. Thread-safe. */
final class ScaleLog {
  private static final int MOST_RECORDS = 256;

  private final DeploymentKey key;
  private final Deque<ScaleRecord> records = new ArrayDeque<>();
  private final Map<ScaleRefusal, Long> refused = new EnumMap<>(ScaleRefusal.class);
  private long ups;
  private long downs;

  ScaleLog(DeploymentKey key) {
    this.key = key;
  }

  /** Adds what was decided; returns the record before, or null. */
  synchronized @Nullable ScaleRecord add(ScaleRecord record) {
    ScaleRecord before = records.peekFirst();
    if (before != null && before.isRepeatedBy(record)) {
      records.removeFirst();
      records.addFirst(before.and(record));
    } else {
      records.addFirst(record);
      if (records.size() > MOST_RECORDS) {
        records.removeLast();
      }
    }
    ScaleRefusal refusal = record.refusal();
    if (refusal != null) {
      refused.merge(refusal, 1L, Long::sum);
    } else if (record.applied() == ScaleRecord.Applied.WRITTEN
        && record.decision() instanceof ScaleDecision.Change change) {
      ups += change.to() > record.current() ? 1 : 0;
      downs += change.to() < record.current() ? 1 : 0;
    }
    return before;
  }

  synchronized ScaleState state() {
    return new ScaleState(key, ups, downs, refused, List.copyOf(new ArrayList<>(records)));
  }
}
