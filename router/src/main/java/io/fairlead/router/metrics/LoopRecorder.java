package io.fairlead.router.metrics;

import io.fairlead.router.control.MirrorResult;
import io.fairlead.router.control.Phases;
import io.fairlead.router.control.ProbeResult;
import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.http.TraceContext;
import io.fairlead.router.model.RouterError;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** The counters of one event loop, merged with those of the others when somebody scrapes. */
@SuppressWarnings("EnumOrdinal") // an array index for the life of a process, never stored
final class LoopRecorder implements RequestRecorder {
  private final Targets targets;
  private final int loop;
  private final AtomicLongArray events = new AtomicLongArray(ProxyEvent.values().length);

  LoopRecorder(Targets targets, int loop) {
    this.targets = targets;
    this.loop = loop;
  }

  @Override
  public void finished(
      int ordinal,
      int status,
      @Nullable RouterError error,
      long totalNanos,
      long queueNanos,
      long receiveNanos,
      long upstreamNanos) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.finished(status, error, totalNanos, queueNanos, receiveNanos, upstreamNanos);
    }
  }

  @Override
  public void traced(int ordinal, int status, Phases phases, TraceContext span) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.toSamples().add(CodeClass.of(status), SpanSample.of(span, phases));
    }
  }

  @Override
  public void streaming(int ordinal, long firstByteNanos) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.toStreams().began(firstByteNanos);
    }
  }

  @Override
  public void events(int ordinal, int count, long gapNanos) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.toStreams().passed(count, gapNanos);
    }
  }

  @Override
  public void mirrored(int ordinal, MirrorResult result) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.toMirrors().add(result.ordinal());
    }
  }

  @Override
  public void compared(int ordinal, boolean sameClass, boolean slower) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.toMirrors().add(MirrorCounts.compared(sameClass, slower));
    }
  }

  @Override
  public void probed(int ordinal, ProbeResult result) {
    Series series = targets.series(ordinal, loop);
    if (series != null) {
      series.toProbes().add(result.ordinal());
    }
  }

  @Override
  public void count(ProxyEvent event) {
    int cell = event.ordinal();
    events.setOpaque(cell, events.getPlain(cell) + 1);
  }

  /** Returns how often {@code event} was counted; for any thread. */
  long counted(ProxyEvent event) {
    return events.getOpaque(event.ordinal());
  }
}
