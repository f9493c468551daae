package io.fairlead.router.metrics;

import io.fairlead.router.control.MirrorResult;
import io.fairlead.router.control.ProbeResult;
import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.model.RouterError;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Merges what the event loops have counted. */
@SuppressWarnings("EnumOrdinal") // an array index for the life of a process, never stored
final class RequestCollector implements MultiCollector {
  private static final RouterError[] ERRORS = RouterError.values();
  private static final CodeClass[] CODE_CLASSES = CodeClass.values();

  private final Targets targets;
  private final List<LoopRecorder> recorders;

  RequestCollector(Targets targets, List<LoopRecorder> recorders) {
    this.targets = targets;
    this.recorders = recorders;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    collectRequests(all);
    collectEvents(all);
    return all.build();
  }

  private void collectRequests(MetricSnapshots.Builder all) {
    Points requests = new Points(Meter.REQUESTS);
    Map<Phase, Points.Durations> durations = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      durations.put(phase, new Points.Durations(phase));
    }
    for (Targets.Target target : targets.registered()) {
      for (Series series : target.series()) {
        series
            .answers()
            .forEach(
                (status, reason, count) ->
                    requests.add(
                        count, target.endpoint, target.deployment, code(status), reason(reason)));
        durations.forEach((phase, sums) -> addDurations(target, series, phase, sums));
      }
    }
    collectStreams(all);
    collectMirrors(all);
    collectProbes(all);
    all.metricSnapshot(requests.snapshot());
    durations.values().forEach(sums -> all.metricSnapshot(sums.snapshot()));
  }

  private void collectMirrors(MetricSnapshots.Builder all) {
    Points copies = new Points(Meter.MIRRORED);
    Points compared = new Points(Meter.MIRROR_COMPARED);
    for (Targets.Target target : targets.registered()) {
      for (Series series : target.series()) {
        MirrorCounts counts = series.mirrors();
        if (counts != null) {
          addMirrors(target, counts, copies, compared);
        }
      }
    }
    all.metricSnapshot(copies.snapshot());
    all.metricSnapshot(compared.snapshot());
  }

  private static void addMirrors(
      Targets.Target target, MirrorCounts counts, Points copies, Points compared) {
    for (MirrorResult result : MirrorResult.values()) {
      long count = counts.of(result.ordinal());
      if (count > 0) {
        copies.add(count, target.endpoint, target.deployment, result.text());
      }
    }
    for (boolean same : new boolean[] {true, false}) {
      for (boolean slower : new boolean[] {false, true}) {
        compared.add(
            counts.of(MirrorCounts.compared(same, slower)),
            target.endpoint,
            target.deployment,
            same ? "same" : "different",
            slower ? "slower" : "faster");
      }
    }
  }

  private void collectProbes(MetricSnapshots.Builder all) {
    Points probes = new Points(Meter.PROBES);
    for (Targets.Target target : targets.registered()) {
      for (Series series : target.series()) {
        Cells counts = series.probes();
        if (counts != null) {
          for (ProbeResult result : ProbeResult.values()) {
            long count = counts.of(result.ordinal());
            probes.add(count, target.endpoint, target.deployment, result.text());
          }
        }
      }
    }
    all.metricSnapshot(probes.snapshot());
  }

  private void collectStreams(MetricSnapshots.Builder all) {
    var firstBytes = new Points.Durations(Meter.TIME_TO_FIRST_BYTE, Buckets.DURATION);
    var gaps = new Points.Durations(Meter.STREAM_EVENT_GAP, Buckets.DURATION);
    Points events = new Points(Meter.STREAM_EVENTS);
    for (Targets.Target target : targets.registered()) {
      for (Series series : target.series()) {
        Streams streams = series.streams();
        if (streams != null) {
          firstBytes.add(streams.firstByte(), target.endpoint, target.deployment);
          gaps.add(streams.gaps(), target.endpoint, target.deployment);
          events.add(streams.events(), target.endpoint, target.deployment);
        }
      }
    }
    all.metricSnapshot(firstBytes.snapshot());
    all.metricSnapshot(events.snapshot());
    all.metricSnapshot(gaps.snapshot());
  }

  private static void addDurations(
      Targets.Target target, Series series, Phase phase, Points.Durations sums) {
    for (CodeClass codeClass : CODE_CLASSES) {
      Histogram histogram = series.histogram(codeClass, phase);
      if (histogram != null) {
        sums.add(histogram, target.endpoint, target.deployment, codeClass.tag());
        addExemplars(target, series, codeClass, phase, sums);
      }
    }
  }

  private static void addExemplars(
      Targets.Target target,
      Series series,
      CodeClass codeClass,
      Phase phase,
      Points.Durations sums) {
    SpanSamples samples = series.samples();
    if (samples != null) {
      samples.forEach(
          codeClass,
          sample ->
              sums.addExemplar(
                  sample.nanos(phase),
                  sample,
                  target.endpoint,
                  target.deployment,
                  codeClass.tag()));
    }
  }

  private void collectEvents(MetricSnapshots.Builder all) {
    // closed is read first: a connection may come between the two reads, but none is closed twice
    long closed = total(ProxyEvent.CONNECTION_CLOSED);
    long accepted = total(ProxyEvent.CONNECTION_ACCEPTED);
    all.metricSnapshot(Points.single(Meter.CONNECTIONS_OPEN, Math.max(0, accepted - closed)));
    for (ProxyEvent event : ProxyEvent.values()) {
      all.metricSnapshot(Points.single(Meter.of(event), total(event)));
    }
  }

  private long total(ProxyEvent event) {
    long total = 0;
    for (LoopRecorder recorder : recorders) {
      total += recorder.counted(event);
    }
    return total;
  }

  private static String code(int status) {
    return status == 0 ? CodeClass.NONE.tag() : Integer.toString(status);
  }

  private static String reason(int reason) {
    return reason == 0 ? "" : ERRORS[reason - 1].reason();
  }
}
