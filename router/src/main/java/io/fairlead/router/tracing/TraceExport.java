package io.fairlead.router.tracing;

import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestObservers;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.SpanCounts;
import io.fairlead.router.http.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests with a span from the event loops and gives them to a collector by OTLP over HTTP,
 * on a thread of its own. A request that ends pays for a copy of what is known of it and never
 * waits: what finds too many others waiting is dropped, and counted.
 */
public final class TraceExport implements RequestObservers, Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TraceExport.class);

  /** Held, for a logger that nobody holds forgets its level. What it says is said here. */
  private static final java.util.logging.Logger LIBRARY =
      java.util.logging.Logger.getLogger("io.opentelemetry");

  /** Requests that wait, about 1 KiB each. */
  static final int MOST_WAITING = 2_048;

  private static final int MOST_TOGETHER = 256;
  private static final long GATHER_MILLIS = 200;
  private static final long TIMEOUT_SECONDS = 10;
  private static final long CLOSE_MILLIS = 2_000;

  private final OtlpHttpSpanExporter exporter;
  private final RequestSpans spans;
  private final InstantSource clock;
  private final BlockingQueue<EndedRequest> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final LongAdder exported = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private boolean failing;
  private volatile @Nullable Thread thread;
  private volatile boolean closed;

  /**
   * Makes an export that nobody runs yet.
   *
   * @param endpoint where the collector takes traces
   * @param version of this program
   * @param random for the ids of spans below those of requests; for the thread that runs this
   */
  public TraceExport(URI endpoint, String version, InstantSource clock, RandomGenerator random) {
    LIBRARY.setLevel(Level.OFF);
    Attributes attributes =
        Attributes.of(
            AttributeKey.stringKey("service.name"),
            "fairlead",
            AttributeKey.stringKey("service.version"),
            version);
    this.exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(endpoint.toString())
            .setTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .build();
    this.spans = new RequestSpans(Resource.create(attributes), random);
    this.clock = clock;
  }

  @Override
  public RequestObserver newObserver(RequestRecorder recorder) {
    return facts -> {
      TraceContext span = facts.span();
      if (span != null && !waiting.offer(EndedRequest.of(facts, span, clock.instant()))) {
        dropped.increment();
      }
    };
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    List<EndedRequest> batch = new ArrayList<>();
    try {
      while (!closed) {
        EndedRequest first = waiting.poll(GATHER_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          if (waiting.size() < MOST_TOGETHER) {
            TimeUnit.MILLISECONDS.sleep(GATHER_MILLIS); // not to ask a collector for each request
          }
          waiting.drainTo(batch, MOST_TOGETHER - 1);
          export(batch);
        }
      }
      while (waiting.drainTo(batch, MOST_TOGETHER) > 0) {
        export(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exporter.shutdown();
    }
  }

  private void export(List<EndedRequest> batch) {
    List<SpanData> all = new ArrayList<>();
    batch.forEach(request -> spans.add(request, all));
    CompletableResultCode result = exporter.export(all).join(TIMEOUT_SECONDS + 1, TimeUnit.SECONDS);
    if (result.isSuccess()) {
      exported.add(batch.size());
    } else {
      failed.add(batch.size());
      if (!failing) { // once, not for each batch
        LOG.warn("traces: spans are lost: {}", why(result));
      }
    }
    failing = !result.isSuccess();
    batch.clear();
  }

  private static String why(CompletableResultCode result) {
    Throwable cause = result.getFailureThrowable();
    return cause == null ? "the collector did not take them in time" : cause.toString();
  }

  /** Returns what became of the requests so far; for any thread. */
  public SpanCounts counts() {
    return new SpanCounts(exported.sum(), dropped.sum(), failed.sum());
  }

  /** Lets the thread export what there is and end; waits two seconds for it. */
  @Override
  public void close() {
    closed = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      running.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
