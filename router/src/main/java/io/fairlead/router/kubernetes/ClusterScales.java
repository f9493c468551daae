package io.fairlead.router.kubernetes;

import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.control.ScaleReading;
import io.fairlead.router.control.ScaleRecord;
import io.fairlead.router.control.ScaleTargets;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.ScaleTargetRef;
import io.fairlead.router.resource.ClusterObject;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code scale} sub-resources of a cluster. A scale is read at most once in five seconds, and
 * again before it is written; a write names the version that it is of, so that nobody's change is
 * lost.
 */
public final class ClusterScales implements ScaleTargets {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterScales.class);
  private static final long FRESH_NANOS = 5_000_000_000L;

  /** A rollout changes the version of a scale as well, without changing the scale. */
  private static final int WRITE_TRIES = 3;

  private static final String APPLY = "application/apply-patch+yaml";
  private static final String AS_SCALER = "?fieldManager=fairlead-autoscaler&force=true";
  private static final String AS_WATCHER = "?fieldManager=fairlead-autoscaler-watch&force=true";

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private record Cached(long atNanos, ScaleReading.Scale scale) {}

  private final ApiClient client;
  private final Supplier<Map<DeploymentKey, ClusterObject>> declared;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private final ForeignAutoscalers others;
  private final EventWriter events;
  private final Map<DeploymentKey, Cached> cache = new ConcurrentHashMap<>();

  /** What the status of each object says is in the way: the name of a refusal, or nothing. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  /**
   * Makes one that has read nothing.
   *
   * @param self names this router in Events
   * @param declared the object that declares each deployment, as known now
   */
  public ClusterScales(
      ApiClient client,
      String self,
      Supplier<Map<DeploymentKey, ClusterObject>> declared,
      LongSupplier nanos,
      InstantSource clock) {
    this.client = client;
    this.declared = declared;
    this.nanos = nanos;
    this.clock = clock;
    this.others = new ForeignAutoscalers(client, nanos);
    this.events = new EventWriter(client, self, nanos);
  }

  @Override
  public ScaleReading read(Deployment deployment) {
    Cached cached = cache.get(deployment.key());
    if (cached != null && nanos.getAsLong() - cached.atNanos < FRESH_NANOS) {
      return cached.scale;
    }
    cache.remove(deployment.key());
    return asked(deployment, this::readNow);
  }

  @Override
  public ScaleReading write(Deployment deployment, ScaleReading.Scale seen, int replicas) {
    cache.remove(deployment.key());
    return asked(deployment, (target, path) -> write(deployment, target, path, seen, replicas));
  }

  /** Something that is asked of the scale of a target, at its path. */
  private interface Question {
    ScaleReading ask(ScaleTargetRef target, String path) throws IOException;
  }

  private ScaleReading asked(Deployment deployment, Question question) {
    ScaleTargetRef target = target(deployment);
    if (target == null) {
      return new ScaleReading.Refused(
          ScaleRefusal.TARGET_MISSING, "nothing declares it (expected: an OnlineDeployment)");
    }
    String namespace = deployment.key().namespace();
    String collection = Paths.scaled(target.kind(), namespace);
    if (collection == null) {
      return new ScaleReading.Refused(
          ScaleRefusal.TARGET_MISSING,
          "scaleTargetRef.kind: "
              + target.kind()
              + " (expected: Deployment, StatefulSet or OnlineDeployment)");
    }
    try {
      String foreign = others.of(namespace, target.kind(), target.name());
      if (foreign != null) {
        return new ScaleReading.Refused(
            ScaleRefusal.FOREIGN_AUTOSCALER,
            "HorizontalPodAutoscaler "
                + foreign
                + " scales "
                + target
                + " as well (expected: one of the two)");
      }
      ScaleReading reading = question.ask(target, collection + "/" + target.name() + "/scale");
      if (reading instanceof ScaleReading.Scale scale) {
        cache.put(deployment.key(), new Cached(nanos.getAsLong(), scale));
      }
      return reading;
    } catch (ApiFailure e) {
      return new ScaleReading.Refused(refusal(e.code()), target + ": " + Failures.text(e));
    } catch (IOException e) {
      return new ScaleReading.Refused(ScaleRefusal.UNAVAILABLE, target + ": " + Failures.text(e));
    }
  }

  private @Nullable ScaleTargetRef target(Deployment deployment) {
    if (deployment.scaleTargetRef() != null) {
      return deployment.scaleTargetRef();
    }
    ClusterObject object = declared.get().get(deployment.key());
    return object == null ? null : new ScaleTargetRef(object.kind().text(), object.name());
  }

  private static ScaleRefusal refusal(int code) {
    return switch (code) {
      case UNAUTHORIZED, FORBIDDEN -> ScaleRefusal.FORBIDDEN;
      case NOT_FOUND -> ScaleRefusal.TARGET_MISSING;
      case CONFLICT -> ScaleRefusal.CONFLICT;
      default -> ScaleRefusal.UNAVAILABLE;
    };
  }

  private ScaleReading.Scale readNow(ScaleTargetRef target, String path) throws IOException {
    return scale(client.get(path));
  }

  private static ScaleReading.Scale scale(byte[] json) throws IOException {
    JsonNode scale = JsonTree.read(json);
    return new ScaleReading.Scale(
        scale.path("spec").path("replicas").asInt(0),
        scale.path("metadata").path("resourceVersion").asString(""));
  }

  private ScaleReading write(
      Deployment deployment,
      ScaleTargetRef target,
      String path,
      ScaleReading.Scale seen,
      int replicas)
      throws IOException {
    for (int tries = 1; ; tries++) {
      ScaleReading.Scale now = readNow(target, path);
      if (now.replicas() != seen.replicas()) {
        return new ScaleReading.Refused(
            ScaleRefusal.CONFLICT,
            now.replicas() + " are ordered meanwhile (expected: " + seen.replicas() + ")");
      }
      try {
        return scale(
            client.replace(path, body(deployment.key().namespace(), target, now, replicas)));
      } catch (ApiFailure e) {
        if (e.code() != CONFLICT || tries == WRITE_TRIES) {
          throw e;
        }
      }
    }
  }

  private static String body(
      String namespace, ScaleTargetRef target, ScaleReading.Scale seen, int replicas) {
    ObjectNode scale = JsonTree.object();
    scale.put("apiVersion", "autoscaling/v1").put("kind", "Scale");
    scale
        .putObject("metadata")
        .put("name", target.name())
        .put("namespace", namespace)
        .put("resourceVersion", seen.version());
    scale.putObject("spec").put("replicas", replicas);
    return scale.toString();
  }

  // ---- what is said of it

  @Override
  public void tell(Deployment deployment, ScaleRecord news) {
    Map<DeploymentKey, ClusterObject> all = declared.get();
    ClusterObject object = all.get(deployment.key());
    if (object == null) {
      return;
    }
    try {
      tell(object, news, clock.instant());
      forgetOthers(all);
    } catch (IOException e) {
      LOG.warn("status of {}: {}", object.title(), Failures.text(e));
    }
  }

  private void tell(ClusterObject object, ScaleRecord news, Instant now) throws IOException {
    ScaleRefusal refusal = news.refusal();
    String name = refusal == null ? "" : refusal.condition();
    if (!name.equals(told.get(object.uid()))) {
      told.remove(object.uid());
      client.patch(
          Paths.status(object) + AS_WATCHER,
          APPLY,
          ScaleStatus.condition(object, refusal, news.reason(), now));
      told.put(object.uid(), name);
    }
    if (refusal != null) {
      event(object, new WantedStatus.News(true, refusal.condition(), news.reason()), now);
    } else if (news.applied() == ScaleRecord.Applied.WRITTEN
        && news.decision() instanceof ScaleDecision.Change change) {
      client.patch(
          Paths.status(object) + AS_SCALER,
          APPLY,
          ScaleStatus.lastScale(object, news, change, now));
      String direction = change.to() > news.current() ? "ScaledUp" : "ScaledDown";
      event(object, new WantedStatus.News(false, direction, news.reason()), now);
    }
  }

  private void event(ClusterObject object, WantedStatus.News news, Instant now) throws IOException {
    synchronized (events) {
      events.write(object, List.of(news), now);
    }
  }

  private void forgetOthers(Map<DeploymentKey, ClusterObject> all) {
    Set<String> uids = all.values().stream().map(ClusterObject::uid).collect(Collectors.toSet());
    told.keySet().retainAll(uids);
    cache.keySet().retainAll(all.keySet());
    synchronized (events) {
      events.forgetOthers(uids);
    }
  }
}
