package io.fairlead.router.metrics;

import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.RequestMeters;
import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.control.ScaleStates;
import io.fairlead.router.control.Scraper;
import io.fairlead.router.control.SpanCounts;
import io.fairlead.router.control.TokenKeysState;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All meters of a router, scraped as Prometheus text, OpenMetrics or protobuf. Counting happens in
 * {@link LoopRecorder}; everything here is for the control thread and for whoever scrapes.
 */
public final class PrometheusMeters implements RequestMeters, Scraper {
  private final int loops;
  private final Targets targets;
  private final List<LoopRecorder> recorders = new CopyOnWriteArrayList<>();
  private final ReloadCollector reloads = new ReloadCollector();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  /**
   * Makes meters that only count.
   *
   * @param loops how many recorders may be made
   */
  public PrometheusMeters(int loops) {
    this.loops = loops;
    this.targets = new Targets(loops);
    registry.register(new RequestCollector(targets, recorders));
    registry.register(reloads);
  }

  /**
   * Adds the meters that are read at each scrape. To be called once.
   *
   * @param directMemory bytes outside the heap that the buffer allocator holds
   */
  public void observe(RouterStatus status, InstantSource clock, LongSupplier directMemory) {
    registry.register(new StatusCollector(status, clock));
    registry.register(new ProcessCollector(directMemory));
  }

  /** Adds the meters of token keys. To be called once. */
  public void observeTokenKeys(Supplier<List<TokenKeysState>> states) {
    registry.register(new TokenKeysCollector(states));
  }

  /** Adds the meters of slots that routers share. To be called once, if they do. */
  public void observeFleet(Supplier<@Nullable FleetState> state) {
    registry.register(new FleetCollector(state));
  }

  /** Adds the meter of requests with a span. To be called once, if there are any. */
  public void observeSpans(Supplier<SpanCounts> counts) {
    registry.register(new SpanCollector(counts));
  }

  /** Adds the meters of autoscaling. To be called once. */
  public void observeScaling(ScaleStates states) {
    registry.register(new ScaleCollector(states));
  }

  @Override
  public synchronized RequestRecorder newRecorder() {
    if (recorders.size() == loops) {
      throw new IllegalStateException(
          "recorders: " + (loops + 1) + " (expected: one for each of " + loops + " loops)");
    }
    LoopRecorder recorder = new LoopRecorder(targets, recorders.size());
    recorders.add(recorder);
    return recorder;
  }

  /** {@inheritDoc} Two of one name in different namespaces are counted together. */
  @Override
  public void register(int ordinal, String namespace, String endpoint, String deployment) {
    targets.register(ordinal, endpoint, deployment);
  }

  @Override
  public void retire(int ordinal) {
    targets.retire(ordinal);
  }

  @Override
  public void reloaded(String what, boolean accepted) {
    reloads.reloaded(what, accepted);
  }

  @Override
  public String scrape(OutputStream out, @Nullable String accept) throws IOException {
    ExpositionFormatWriter writer = Formats.ALL.findWriter(accept);
    writer.write(out, registry.scrape(), EscapingScheme.fromAcceptHeader(accept));
    return writer.getContentType();
  }

  /** Loaded at the first scrape, not at the start. */
  private static final class Formats {
    static final ExpositionFormats ALL = ExpositionFormats.init();
  }
}
