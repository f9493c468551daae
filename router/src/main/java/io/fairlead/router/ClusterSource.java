package io.fairlead.router;

import io.fairlead.router.config.KubernetesSettings;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.ClusterContact.ConditionCount;
import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.control.ScaleTargets;
import io.fairlead.router.kubernetes.ApiClient;
import io.fairlead.router.kubernetes.ClusterScales;
import io.fairlead.router.kubernetes.ClusterWatches;
import io.fairlead.router.kubernetes.LeaseObject;
import io.fairlead.router.kubernetes.StatusWriter;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.resource.Cluster;
import io.fairlead.router.resource.ClusterContents;
import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.ClusterView;
import io.fairlead.router.resource.Condition;
import io.fairlead.router.resource.Report;
import io.fairlead.router.resource.SecretKey;
import io.fairlead.router.resource.SecretLook;
import io.fairlead.router.tls.PemSecret;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of a cluster. Nothing is served before all of them have been listed once; a Secret
 * that cannot be had holds that up for a few seconds, and from then on its endpoints alone.
 */
final class ClusterSource implements StateSource {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterSource.class);
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final int CERTIFICATE_TRIES = 60;
  private static final long CERTIFICATE_PAUSE_MILLIS = 1_000;

  private final KubernetesSettings settings;
  private final ApiClient client;
  private final String self;
  private final InstantSource clock;
  private final @Nullable SecretKey certificate;
  private final Cluster cluster = new Cluster();
  private @Nullable StatusWriter writer;
  private @Nullable Thread writing;
  private @Nullable ClusterWatches watches; // told to other threads by what starts them
  private LongSupplier nanos = () -> 0;
  private @Nullable ClusterContents folded;
  private ClusterContents asked = ClusterContents.EMPTY; // what Secrets were asked for by
  private Set<SecretKey> awaited = Set.of();
  private ClusterState state = ClusterState.EMPTY;
  private long listedAt = -1;
  private volatile List<ConditionCount> conditions = List.of();
  private volatile Map<DeploymentKey, ClusterObject> declared = Map.of();
  private volatile @Nullable SecretLook seen;

  private ClusterSource(
      KubernetesSettings settings, ApiClient client, String self, InstantSource clock) {
    this.settings = settings;
    this.client = client;
    this.self = self;
    this.clock = clock;
    String name = settings.tlsSecret();
    certificate = name == null ? null : reference(name, client.namespace());
  }

  /**
   * Finds the cluster; nothing is asked yet.
   *
   * @param self names this router where it writes
   */
  static ClusterSource open(KubernetesSettings settings, String self, InstantSource clock)
      throws StartFailure {
    try {
      ApiClient client = ApiClient.open(settings.kubeconfig());
      LOG.info("cluster of {}", client.server());
      return new ClusterSource(settings, client, self, clock);
    } catch (IOException e) {
      throw new StartFailure(
          "kubernetes: " + e.getMessage() + " (expected: a cluster, by kubeconfig or in a pod)");
    }
  }

  private static String title(SecretKey key) {
    return key.namespace() + "/" + key.name();
  }

  private static SecretKey reference(String name, @Nullable String namespace) {
    int slash = name.indexOf('/');
    return slash < 0
        ? new SecretKey(namespace(namespace), name)
        : new SecretKey(name.substring(0, slash), name.substring(slash + 1));
  }

  /** Waits a while for the Secret of the certificate: without one there is no port to open. */
  void awaitCertificate() throws StartFailure {
    if (certificate == null) {
      return;
    }
    String problem = "";
    for (int i = 0; i < CERTIFICATE_TRIES; i++) {
      try {
        seen = client.secret(certificate);
        if (seen instanceof SecretLook.Found) {
          return;
        }
        problem = certificate().problem();
      } catch (IOException e) {
        problem = String.valueOf(e.getMessage());
      }
      LOG.warn("Secret {}: {}; asking again", settings.tlsSecret(), problem);
      try {
        Thread.sleep(CERTIFICATE_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw new StartFailure(
        "tlsSecret: " + settings.tlsSecret() + ": " + problem + " (expected: a Secret)");
  }

  /** Returns the Lease {@code name} of the router's own namespace. */
  LeaseStore lease(String name) {
    return new LeaseObject(client, namespace(client.namespace()), name);
  }

  private static String namespace(@Nullable String own) {
    return own == null ? "default" : own;
  }

  /** Returns whether the certificate is a Secret's. */
  boolean hasCertificate() {
    return certificate != null;
  }

  /** Returns the certificate as it was seen last. For any thread. */
  PemSecret certificate() {
    SecretKey key = Objects.requireNonNull(certificate);
    ClusterWatches running = watches;
    SecretLook now = running == null ? null : running.own(key);
    String name = title(key);
    return switch (now == null ? seen : now) {
      case SecretLook.Found found -> new PemSecret(name, found.data(), "");
      case SecretLook.Denied denied -> new PemSecret(name, Map.of(), denied.why());
      case SecretLook.Missing _ -> new PemSecret(name, Map.of(), "no such Secret");
      case null -> new PemSecret(name, Map.of(), "not known yet");
    };
  }

  /**
   * Begins to watch.
   *
   * @param wake is called when there is news
   * @param leads whether this router speaks for all of them
   */
  void start(Runnable wake, BooleanSupplier leads, LongSupplier time, SplittableRandom random) {
    nanos = time;
    String service = settings.service();
    var author =
        new StatusWriter.Author(
            self,
            leads,
            settings.publicBaseUrl(),
            service == null ? null : title(reference(service, client.namespace())));
    writer = new StatusWriter(client, author, clock, time);
    writing = Thread.ofVirtual().name("fairlead-status").start(writer);
    watches =
        new ClusterWatches(
            client,
            settings.namespaces(),
            certificate == null ? Set.of() : Set.of(certificate),
            wake,
            Thread.ofVirtual().name("fairlead-watch-", 0).factory(),
            time,
            random);
    watches.start();
  }

  /** Returns the scales of the deployments that it declares. */
  ScaleTargets scales(LongSupplier time) {
    return new ClusterScales(client, self, () -> declared, time, clock);
  }

  /** Returns how it stands with the cluster. For any thread, once started. */
  ClusterContact contact() {
    ClusterContact contact = Objects.requireNonNull(watches).contact();
    return new ClusterContact(
        contact.server(), contact.silentNanos(), contact.problem(), conditions);
  }

  private static List<ConditionCount> count(List<Report> reports) {
    Map<ConditionCount, Long> counts = new LinkedHashMap<>();
    for (Report report : reports) {
      String kind = report.object().kind().text();
      for (Condition condition : report.conditions()) {
        counts.merge(new ConditionCount(kind, condition.type().text(), 0), 1L, Long::sum);
      }
    }
    List<ConditionCount> all = new ArrayList<>();
    counts.forEach(
        (each, many) -> all.add(new ConditionCount(each.kind(), each.condition(), many)));
    return List.copyOf(all);
  }

  @Override
  public @Nullable Change poll() {
    if (watches == null || !watches.areResourcesListed()) {
      return null;
    }
    boolean isListed = watches.isListed();
    ClusterContents contents = watches.contents();
    boolean isFirst = isFirst(isListed);
    if (contents.equals(folded) || (isFirst && isAwaiting(contents))) {
      return null;
    }
    ClusterView view = cluster.fold(contents);
    watches.want(view.secrets(), view.selections());
    asked = contents;
    awaited = view.secrets();
    if (!isListed || (!view.isComplete() && isFirst)) {
      return null;
    }
    folded = contents;
    conditions = count(view.reports());
    declared = view.declared();
    if (writer != null) {
      writer.tell(view.reports());
    }
    return state.version() > 0
            && view.endpoints().equals(state.endpoints())
            && view.deployments().equals(state.deployments())
        ? null
        : change(view);
  }

  private boolean isFirst(boolean isListed) {
    long now = nanos.getAsLong();
    listedAt = listedAt < 0 && isListed ? now : listedAt;
    return state.version() == 0 && (listedAt < 0 || now - listedAt < PATIENCE_NANOS);
  }

  /** To fold the same again would tell nothing new: Secrets that it named are on their way. */
  private boolean isAwaiting(ClusterContents contents) {
    return !contents.secrets().keySet().containsAll(awaited)
        && contents.endpoints().equals(asked.endpoints())
        && contents.deployments().equals(asked.deployments());
  }

  private Change change(ClusterView view) {
    boolean isRoutine =
        view.endpoints().equals(state.endpoints())
            && names(view.deployments().stream()).equals(names(state.deployments().stream()));
    // Later, other endpoints must not wait for one whose issuer does not answer.
    boolean isPatient = state.version() == 0;
    state = new ClusterState(state.version() + 1, view.endpoints(), view.deployments());
    long replicas = state.deployments().stream().mapToLong(each -> each.replicas().size()).sum();
    String detail =
        state.endpoints().size()
            + " endpoints and "
            + state.deployments().size()
            + " deployments with "
            + replicas
            + " replicas";
    return new Change(state, "kubernetes", "cluster", detail, isRoutine, isPatient);
  }

  private static List<?> names(Stream<Deployment> deployments) {
    return deployments.map(Deployment::key).toList();
  }

  @Override
  public void close() {
    if (watches != null) {
      watches.close();
    }
    if (writing != null) {
      writing.interrupt();
    }
    client.close();
  }
}
