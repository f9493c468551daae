package io.fairlead.router.metrics;

import io.fairlead.router.control.ProbeResult;
import io.fairlead.router.model.RouterError;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop has counted of one target. Written by that loop alone; each histogram is made
 * when the first duration of its kind comes.
 */
@SuppressWarnings("EnumOrdinal") // an array index for the life of a process, never stored
final class Series {
  private static final int PHASES = Phase.values().length;

  private final AnswerCounts answers = new AnswerCounts();
  private final AtomicReference<@Nullable Streams> streams = new AtomicReference<>();
  private final AtomicReference<@Nullable MirrorCounts> mirrors = new AtomicReference<>();
  private final AtomicReference<@Nullable SpanSamples> samples = new AtomicReference<>();
  private final AtomicReference<@Nullable Cells> probes = new AtomicReference<>();
  private final AtomicReferenceArray<@Nullable Histogram> histograms =
      new AtomicReferenceArray<>(CodeClass.values().length * PHASES);

  /** Counts one request; see {@link io.fairlead.router.control.RequestRecorder#finished}. */
  void finished(
      int status,
      @Nullable RouterError error,
      long totalNanos,
      long queueNanos,
      long receiveNanos,
      long upstreamNanos) {
    answers.add(status, error == null ? 0 : error.ordinal() + 1);
    CodeClass codeClass = CodeClass.of(status);
    record(codeClass, Phase.REQUEST, totalNanos);
    boolean asked = upstreamNanos > 0;
    // a request that never came as far as the queue would make the queue look short
    if (asked || queueNanos > 0) {
      record(codeClass, Phase.QUEUE, queueNanos);
    }
    if (asked) {
      record(codeClass, Phase.UPSTREAM, upstreamNanos);
      record(codeClass, Phase.OVERHEAD, totalNanos - queueNanos - receiveNanos - upstreamNanos);
    }
  }

  private void record(CodeClass codeClass, Phase phase, long nanos) {
    int place = placeOf(codeClass, phase);
    Histogram histogram = histograms.getPlain(place);
    if (histogram == null) {
      histogram = new Histogram(phase.buckets());
      histograms.setRelease(place, histogram);
    }
    histogram.record(nanos);
  }

  /** Returns where copies are counted; for the loop. */
  MirrorCounts toMirrors() {
    MirrorCounts own = mirrors.getPlain();
    if (own == null) {
      own = new MirrorCounts();
      mirrors.setRelease(own);
    }
    return own;
  }

  /** Returns what was counted of copies; null if there were none yet. */
  @Nullable MirrorCounts mirrors() {
    return mirrors.getAcquire();
  }

  /** Returns where the results of probes are counted; for the loop. */
  Cells toProbes() {
    Cells own = probes.getPlain();
    if (own == null) {
      own = new Cells(ProbeResult.values().length);
      probes.setRelease(own);
    }
    return own;
  }

  /** Returns what was counted of probes; null if there were none yet. */
  @Nullable Cells probes() {
    return probes.getAcquire();
  }

  /** Returns where responses that stream are counted; for the loop. */
  Streams toStreams() {
    Streams own = streams.getPlain();
    if (own == null) {
      own = new Streams();
      streams.setRelease(own);
    }
    return own;
  }

  /** Returns what was counted of responses that stream, or null if there was none. */
  @Nullable Streams streams() {
    return streams.getAcquire();
  }

  /** Returns where requests with a span are kept; for the loop. */
  SpanSamples toSamples() {
    SpanSamples own = samples.getPlain();
    if (own == null) {
      own = new SpanSamples();
      samples.setRelease(own);
    }
    return own;
  }

  /** Returns the requests with a span that are kept; null if there were none yet. */
  @Nullable SpanSamples samples() {
    return samples.getAcquire();
  }

  AnswerCounts answers() {
    return answers;
  }

  /** Returns the histogram of this kind, or null if nothing of it was recorded yet. */
  @Nullable Histogram histogram(CodeClass codeClass, Phase phase) {
    return histograms.getAcquire(placeOf(codeClass, phase));
  }

  private static int placeOf(CodeClass codeClass, Phase phase) {
    return codeClass.ordinal() * PHASES + phase.ordinal();
  }
}
