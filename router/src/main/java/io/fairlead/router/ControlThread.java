package io.fairlead.router;

import io.fairlead.router.control.Controller;
import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.manifest.Reading;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.tls.ReloadResult;
import io.fairlead.router.tls.TlsContexts;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes what is served: once a second it looks at the files, and lets time
 * pass in the dispatchers.
 */
final class ControlThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);
  private static final long PERIOD_MILLIS = 1000;

  /** A change waits so long for the token keys that it needs, and then goes without. */
  private static final long KEY_PATIENCE_NANOS = 5_000_000_000L;

  private static final long KEY_LOOK_MILLIS = 10;

  private final Controller controller;
  private final ManifestDirectory manifests;
  private final @Nullable TlsContexts tls;
  private final EndpointGates gates;
  private final ReloadLog reloads;
  private final Clock clock;
  private final LongSupplier nanos;
  private LongConsumer overload = now -> {};
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("fairlead-control").daemon().factory());

  private Reading.@Nullable Accepted waiting; // for token keys
  private long waitingSince;

  ControlThread(
      Controller controller,
      ManifestDirectory manifests,
      @Nullable TlsContexts tls,
      EndpointGates gates,
      ReloadLog reloads,
      Clock clock,
      LongSupplier nanos) {
    this.controller = controller;
    this.manifests = manifests;
    this.tls = tls;
    this.gates = gates;
    this.reloads = reloads;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Reads the manifests for the first time: a mistake in them is a reason not to start. */
  void readFirst() throws StartFailure {
    switch (manifests.poll()) {
      case Reading.Accepted accepted -> {
        accept(accepted);
        awaitKeys();
      }
      case Reading.Refused refused ->
          throw new StartFailure(refused.problems().stream().map(Object::toString).toList());
      case null -> throw new StartFailure("manifests: nothing to read");
    }
  }

  /** Else the first callers would be refused for keys that come a moment later. */
  private void awaitKeys() throws StartFailure {
    try {
      while (waiting != null) {
        Thread.sleep(KEY_LOOK_MILLIS);
        applyWaiting();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while waiting for token keys");
    }
  }

  /**
   * Begins to look.
   *
   * @param watch is told the time once a turn
   */
  void start(LongConsumer watch) {
    overload = watch;
    var _ =
        thread.scheduleWithFixedDelay(
            this::turn, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void turn() {
    attempt(() -> controller.advance(nanos.getAsLong()));
    attempt(() -> overload.accept(nanos.getAsLong()));
    attempt(this::readManifests);
    attempt(this::applyWaiting);
    attempt(this::pollGates);
    attempt(this::readCertificate);
  }

  /**
   * Whatever goes wrong in {@code step} ends neither the other steps nor the next turns: the
   * executor would quietly drop a task that throws, errors included.
   */
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("a bug: the control thread goes on with what it had", e);
    }
  }

  private void readManifests() {
    switch (manifests.poll()) {
      case null -> {}
      case Reading.Accepted accepted -> accept(accepted);
      case Reading.Refused refused -> {
        List<String> lines = refused.problems().stream().map(Object::toString).toList();
        lines.forEach(line -> LOG.warn("manifests refused, the old ones stay: {}", line));
        reloads.report("manifest", false, String.join("; ", lines));
      }
    }
  }

  private void accept(Reading.Accepted accepted) {
    gates.prepare(accepted.state());
    waiting = accepted;
    waitingSince = nanos.getAsLong();
    applyWaiting();
  }

  private void applyWaiting() {
    Reading.Accepted accepted = waiting;
    if (accepted == null
        || (!gates.isPrepared() && nanos.getAsLong() - waitingSince < KEY_PATIENCE_NANOS)) {
      return;
    }
    waiting = null;
    gates.begin(accepted.state());
    controller.apply(accepted.state(), gates, nanos.getAsLong());
    gates.end(accepted.state());
    String detail =
        accepted.state().endpoints().size()
            + " endpoints and "
            + accepted.state().deployments().size()
            + " deployments of "
            + accepted.files()
            + " files";
    LOG.info("manifests applied: {}", detail);
    reloads.report("manifest", true, detail);
  }

  private void pollGates() {
    ClusterState served = controller.current().state();
    if (gates.poll(served)) {
      controller.apply(served, gates, nanos.getAsLong());
    }
  }

  private void readCertificate() {
    if (tls == null) {
      return;
    }
    switch (tls.poll(clock.instant())) {
      case ReloadResult.Unchanged _ -> tls.rotate(clock.instant());
      case ReloadResult.Swapped swapped -> {
        String detail = "valid until " + swapped.identity().notAfter();
        LOG.info("certificate replaced: {}", detail);
        reloads.report("certificate", true, detail);
      }
      case ReloadResult.Refused refused -> {
        refused
            .lines()
            .forEach(line -> LOG.warn("certificate refused, the old one stays: {}", line));
        reloads.report("certificate", false, String.join("; ", refused.lines()));
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    gates.close();
  }
}
