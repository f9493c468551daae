package io.fairlead.router;

import io.fairlead.router.config.LogTarget;
import io.fairlead.router.config.ObserveSettings;
import io.fairlead.router.control.Decisions;
import io.fairlead.router.control.RequestObservers;
import io.fairlead.router.control.Sampling;
import io.fairlead.router.journal.AccessLog;
import io.fairlead.router.journal.DecisionJournal;
import io.fairlead.router.journal.LogFile;
import io.fairlead.router.journal.LogOutput;
import io.fairlead.router.tracing.TraceExport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Whatever keeps or tells of single requests, with the threads that it needs. */
final class Journals implements AutoCloseable {
  private final Sampling sampling;
  private final DecisionJournal decisions;
  private final @Nullable AccessLog accessLog;
  private final @Nullable TraceExport traces;

  private Journals(ObserveSettings settings, Clock clock) throws StartFailure {
    URI collector = settings.otlpEndpoint();
    sampling =
        new Sampling(
            settings.decisionSamplesPerSecond(),
            settings.accessLogSample(),
            collector == null ? null : settings.traceSample());
    decisions =
        new DecisionJournal(settings.decisionFailures(), settings.decisionSuccesses(), clock);
    LogOutput output = output(settings.accessLog());
    accessLog = output == null ? null : new AccessLog(output, clock, AccessLog.RING_BYTES);
    traces = collector == null ? null : export(collector, clock);
  }

  /**
   * Opens what {@code settings} ask for.
   *
   * @throws StartFailure if a file cannot be written to
   */
  static Journals open(ObserveSettings settings, Clock clock) throws StartFailure {
    Journals journals = new Journals(settings, clock);
    if (journals.accessLog != null) {
      Thread.ofPlatform().name("fairlead-access-log").daemon().start(journals.accessLog);
    }
    if (journals.traces != null) {
      Thread.ofPlatform().name("fairlead-traces").daemon().start(journals.traces);
    }
    return journals;
  }

  private static TraceExport export(URI collector, Clock clock) {
    var random = new SplittableRandom(new SecureRandom().nextLong());
    return new TraceExport(collector, Version.text(), clock, random);
  }

  private static @Nullable LogOutput output(LogTarget target) throws StartFailure {
    try {
      return switch (target) {
        case LogTarget.Off _ -> null;
        case LogTarget.StandardOutput _ -> LogOutput.to(System.out);
        case LogTarget.StandardError _ -> LogOutput.to(System.err);
        case LogTarget.ToFile(Path path) -> LogFile.open(path, System::nanoTime);
      };
    } catch (IOException e) {
      throw new StartFailure(
          "accessLog: " + target + ": " + e.getMessage() + " (expected: a file to write to)");
    }
  }

  Sampling sampling() {
    return sampling;
  }

  Decisions decisions() {
    return decisions;
  }

  /** Returns what exports spans; null without tracing. */
  @Nullable TraceExport traces() {
    return traces;
  }

  /** Returns what tells all of them. */
  RequestObservers observers() {
    List<RequestObservers> all = new ArrayList<>();
    all.add(decisions);
    if (accessLog != null) {
      all.add(accessLog);
    }
    if (traces != null) {
      all.add(traces);
    }
    return RequestObservers.of(all);
  }

  /** Writes out what there is. To be called after the event loops have ended. */
  @Override
  public void close() {
    if (accessLog != null) {
      accessLog.close();
    }
    if (traces != null) {
      traces.close();
    }
  }
}
