package io.fairlead.router;

import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.Check;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.Controller;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.Health;
import io.fairlead.router.control.LeaderState;
import io.fairlead.router.control.Leadership;
import io.fairlead.router.control.Reload;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.overload.OverloadState;
import io.fairlead.router.proxy.Transport;
import io.fairlead.router.tls.TlsContexts;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the router knows of itself, gathered for the admin port and the meters. Thread-safe. */
final class Status implements RouterStatus, Health {
  private final BuildInfo build;
  private final Instant startedAt;
  private final Controller controller;
  private final @Nullable TlsContexts tls;
  private final LongSupplier nanos;
  private final Leadership leadership;
  private final Map<String, Reload> reloads = new TreeMap<>();
  private volatile @Nullable Fleet fleet;
  private volatile boolean draining;
  private volatile boolean open;
  private volatile @Nullable Supplier<ClusterContact> contact;
  private volatile OverloadState overload = OverloadState.NONE;

  Status(
      Transport transport,
      @Nullable TlsContexts tls,
      Clock clock,
      Controller controller,
      LongSupplier nanos,
      Leadership leadership) {
    this.build =
        new BuildInfo(
            Version.text(),
            Version.commit(),
            Runtime.version().toString(),
            transport.name(),
            tls == null ? "none" : tls.engine().library().name().toLowerCase(Locale.ROOT));
    this.startedAt = clock.instant();
    this.controller = controller;
    this.tls = tls;
    this.nanos = nanos;
    this.leadership = leadership;
  }

  /** Says that the router is on its way out: it is not ready any more. */
  void drain() {
    draining = true;
  }

  /** Notes how short the router is of what it needs. */
  void overload(OverloadState state) {
    overload = state;
  }

  /** Notes how a reload went. */
  void reloaded(Reload reload) {
    synchronized (reloads) {
      reloads.put(reload.what(), reload);
    }
  }

  @Override
  public List<Check> checks() {
    long version = controller.current().state().version();
    List<Check> checks = new ArrayList<>();
    ClusterContact contact = cluster();
    String detail = "version " + version + " is served";
    checks.add(
        contact == null
            ? new Check("manifests", version > 0, detail)
            : new Check("cluster", version > 0, version > 0 ? detail : waiting(contact)));
    if (tls != null) {
      Instant end = tls.identity().notAfter();
      checks.add(new Check("certificate", true, "valid until " + end));
    }
    String serving = open ? "accepting requests" : "the ports are not open yet";
    checks.add(new Check("serving", open && !draining, draining ? "draining" : serving));
    return checks;
  }

  private static String waiting(ClusterContact contact) {
    return contact.server()
        + (contact.problem().isEmpty() ? " is being asked" : ": " + contact.problem())
        + " (expected: lists of everything)";
  }

  /** Says that the data ports are open. */
  void open() {
    open = true;
  }

  /** Says whom to ask about the cluster. */
  void observe(Supplier<ClusterContact> asked) {
    contact = asked;
  }

  @Override
  public @Nullable ClusterContact cluster() {
    Supplier<ClusterContact> asked = contact;
    return asked == null ? null : asked.get();
  }

  @Override
  public BuildInfo build() {
    return build;
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public @Nullable Instant certificateNotAfter() {
    return tls == null ? null : tls.identity().notAfter();
  }

  @Override
  public List<Reload> lastReloads() {
    synchronized (reloads) {
      return List.copyOf(reloads.values());
    }
  }

  @Override
  public LeaderState leader() {
    return LeaderState.of(leadership, nanos.getAsLong());
  }

  /** Says that slots are shared with other routers. */
  void share(Fleet fleetOfRouters) {
    fleet = fleetOfRouters;
  }

  @Override
  public @Nullable FleetState fleet() {
    Fleet shared = fleet;
    return shared == null ? null : shared.state();
  }

  @Override
  public OverloadState overload() {
    return overload;
  }

  @Override
  public List<DeploymentLoad> loads() {
    return DeploymentLoad.of(controller.current(), nanos.getAsLong());
  }
}
