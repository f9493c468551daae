package io.fairlead.bench.micro;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.metrics.PrometheusMeters;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one answered request costs in meters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsRecord {
  private static final int VALUES = 1_024;

  /** How many deployments are recorded in turn. */
  @Param({"1", "100"})
  public int deployments;

  private final long[] nanos = new SplittableRandom(1).longs(VALUES, 50_000, 200_000_000).toArray();
  private RequestRecorder recorder = new PrometheusMeters(1).newRecorder();
  private int next;

  /** Registers the deployments. */
  @Setup
  public void register() {
    var meters = new PrometheusMeters(1);
    for (int i = 0; i < deployments; i++) {
      meters.register(i, "default", "model-" + i, "blue");
    }
    recorder = meters.newRecorder();
  }

  /** A good answer: a counter and four histograms. */
  @Benchmark
  public RequestRecorder finished() {
    int i = next++;
    long total = nanos[Math.floorMod(i, VALUES)];
    recorder.finished(
        Math.floorMod(i, deployments), 200, null, total, total >> 3, 0, total - (total >> 2));
    return recorder;
  }

  /** One event. */
  @Benchmark
  public RequestRecorder count() {
    recorder.count(ProxyEvent.CONNECTION_ACCEPTED);
    return recorder;
  }
}
