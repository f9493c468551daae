package io.fairlead.router.control;

import io.fairlead.router.autoscale.Autoscaler;
import io.fairlead.router.autoscale.FleetLoad;
import io.fairlead.router.autoscale.LoadReading;
import io.fairlead.router.autoscale.LoadWindow;
import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.ScaleSettings;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scales one deployment: reads, decides, writes, remembers. One evaluation at a time. */
final class ScaleLoop {
  private static final Logger LOG = LoggerFactory.getLogger(ScaleLoop.class);

  private final Autoscaler autoscaler = new Autoscaler();
  private final LoadWindow window = new LoadWindow();
  private final LoadTrace trace = new LoadTrace();
  private final AtomicBoolean running = new AtomicBoolean();
  private final ScaleLog log;

  /** Of the control thread. */
  private long dueNanos;

  private boolean wasDue;

  ScaleLoop(ScaleLog log) {
    this.log = log;
  }

  ScaleState state() {
    return log.state();
  }

  List<LoadLine> trace() {
    return trace.lines();
  }

  /** Returns whether an evaluation should begin now, and takes it that one does. */
  boolean begins(ScaleSettings settings, long nowNanos) {
    if (wasDue && nowNanos - dueNanos < 0) {
      return false;
    }
    if (!running.compareAndSet(false, true)) {
      return false; // the one before still waits for somebody
    }
    long interval = settings.pollingInterval().toNanos();
    boolean late = !wasDue || nowNanos - dueNanos > interval;
    dueNanos = (late ? nowNanos : dueNanos) + interval;
    wasDue = true;
    return true;
  }

  /** Evaluates once, and ends what {@link #begins}. */
  void evaluate(
      Deployment deployment,
      LoadReports reports,
      ScaleTargets targets,
      BooleanSupplier leads,
      Instant wall,
      long nowNanos) {
    try {
      ScaleRecord record = evaluated(deployment, reports, targets, leads, wall, nowNanos);
      if (record != null) {
        ScaleRecord before = log.add(record);
        if (isNews(before, record)) {
          say(deployment, record);
          targets.tell(deployment, record);
        }
      }
    } catch (RuntimeException e) {
      LOG.error("scale of {}: unexpected", name(deployment), e);
    } finally {
      running.set(false);
    }
  }

  private @Nullable ScaleRecord evaluated(
      Deployment deployment,
      LoadReports reports,
      ScaleTargets targets,
      BooleanSupplier leads,
      Instant wall,
      long nowNanos) {
    // also when the scale cannot be read, so that rates are known when it can
    LoadReading load =
        reports.othersAreSilent()
            ? new LoadReading.Unshared()
            : window.read(reports.routers(), reports.of(deployment.key(), nowNanos), nowNanos);
    if (load instanceof FleetLoad known) {
      trace.add(known, nowNanos);
    }
    return switch (targets.read(deployment)) {
      case ScaleReading.Refused refused ->
          record(wall, -1, null, ScaleRecord.Applied.REFUSED, refused);
      case ScaleReading.Scale scale -> {
        ScaleDecision decision =
            autoscaler.decide(
                deployment.scaleSettings(),
                deployment.requestSettings().maxConcurrentRequestsPerInstance(),
                load,
                scale.replicas(),
                wall,
                nowNanos);
        yield switch (decision) {
          case ScaleDecision.Keep keep ->
              record(wall, scale.replicas(), keep, ScaleRecord.Applied.NOTHING, null);
          case ScaleDecision.Refused refused ->
              record(wall, scale.replicas(), refused, ScaleRecord.Applied.REFUSED, null);
          case ScaleDecision.Change change ->
              carryOut(deployment, targets, leads, wall, scale, change);
        };
      }
    };
  }

  private static @Nullable ScaleRecord carryOut(
      Deployment deployment,
      ScaleTargets targets,
      BooleanSupplier leads,
      Instant wall,
      ScaleReading.Scale scale,
      ScaleDecision.Change change) {
    int current = scale.replicas();
    if (deployment.scaleSettings().mode() == ScaleSettings.Mode.ADVISORY) {
      return record(wall, current, change, ScaleRecord.Applied.ADVISED, null);
    }
    if (!leads.getAsBoolean()) {
      return null; // the role went away meanwhile, and the decision with it
    }
    return switch (targets.write(deployment, scale, change.to())) {
      case ScaleReading.Scale _ -> record(wall, current, change, ScaleRecord.Applied.WRITTEN, null);
      case ScaleReading.Refused refused ->
          record(wall, current, change, ScaleRecord.Applied.REFUSED, refused);
    };
  }

  private static ScaleRecord record(
      Instant wall,
      int current,
      @Nullable ScaleDecision decision,
      ScaleRecord.Applied applied,
      ScaleReading.@Nullable Refused obstacle) {
    long millis = wall.toEpochMilli();
    return new ScaleRecord(millis, millis, 1, current, decision, applied, obstacle);
  }

  private static boolean isNews(@Nullable ScaleRecord before, ScaleRecord record) {
    return before == null
        || record.applied() == ScaleRecord.Applied.WRITTEN
        || lasting(record) != lasting(before);
  }

  /** Returns what is in the way for longer than until the next evaluation. */
  private static @Nullable ScaleRefusal lasting(ScaleRecord record) {
    ScaleRefusal refusal = record.refusal();
    return refusal == ScaleRefusal.CONFLICT ? null : refusal;
  }

  private static void say(Deployment deployment, ScaleRecord record) {
    if (record.refusal() != null) {
      LOG.warn("scale of {}: {}: {}", name(deployment), record.rule(), record.reason());
    } else {
      LOG.info("scale of {}: {}: {}", name(deployment), record.rule(), record.reason());
    }
  }

  private static String name(Deployment deployment) {
    return deployment.key().endpoint() + "/" + deployment.name();
  }
}
