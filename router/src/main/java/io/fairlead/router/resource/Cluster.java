package io.fairlead.router.resource;

import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Folds the objects of a cluster into what is served and what is to be said of each. One that is
 * bad disturbs no other: what was good of it stays in use. For one thread.
 */
public final class Cluster {
  /** Who was there first; names decide between two of one second, for all routers alike. */
  private static final Comparator<ClusterObject> BY_AGE =
      Comparator.comparingLong(ClusterObject::createdMillis)
          .thenComparing(ClusterObject::namespace)
          .thenComparing(ClusterObject::name);

  private final Endpoints endpoints = new Endpoints();
  private final Supplies supplies = new Supplies();

  /** Folds {@code contents}. */
  public ClusterView fold(ClusterContents contents) {
    List<ObjectReading<Endpoint>> read =
        endpoints.read(sorted(contents.endpoints()), contents.secrets());
    Supplies.Found found =
        supplies.find(
            sorted(contents.deployments()),
            read.stream().map(ObjectReading::value).filter(Objects::nonNull).toList(),
            contents.pods(),
            contents.selected());
    List<Report> reports = new ArrayList<>();
    reportEndpoints(read, found, reports);
    reportDeployments(read, found, reports);
    Set<SecretKey> secrets = new LinkedHashSet<>();
    read.forEach(reading -> secrets.addAll(reading.secrets().keySet()));
    return new ClusterView(
        open(read),
        found.served().values().stream().map(Supplies.Served::deployment).toList(),
        reports,
        found.owners(),
        secrets,
        found.selections(),
        contents.secrets().keySet().containsAll(secrets)
            && contents.selected().keySet().containsAll(found.selections()));
  }

  private static List<Endpoint> open(List<ObjectReading<Endpoint>> read) {
    List<Endpoint> open = new ArrayList<>();
    for (ObjectReading<Endpoint> reading : read) {
      Endpoint endpoint =
          reading.value() == null ? Endpoints.closed(reading.object()) : reading.value();
      if (endpoint != null) {
        open.add(endpoint);
      }
    }
    return open;
  }

  // ---- what is said of endpoints

  private static void reportEndpoints(
      List<ObjectReading<Endpoint>> read, Supplies.Found found, List<Report> to) {
    Map<EndpointKey, List<Report.Count>> counts = new HashMap<>();
    found
        .served()
        .forEach(
            (key, served) ->
                counts
                    .computeIfAbsent(endpoint(key), each -> new ArrayList<>())
                    .add(served.count()));
    Map<String, ClusterObject> oldest = new HashMap<>();
    for (ObjectReading<Endpoint> reading : read) {
      ClusterObject object = reading.object();
      ClusterObject first = oldest.computeIfAbsent(object.name(), name -> object);
      if (!reading.secrets().containsValue(null)) { // else it is not known yet how it stands
        List<Report.Count> own = new ArrayList<>(counts.getOrDefault(endpoint(object), List.of()));
        own.sort(Comparator.comparing(Report.Count::deployment));
        to.add(report(reading, first, found, own));
      }
    }
  }

  private static Report report(
      ObjectReading<Endpoint> reading,
      ClusterObject oldest,
      Supplies.Found found,
      List<Report.Count> counts) {
    List<Condition> conditions = new ArrayList<>(reading.problems());
    boolean hasShortPath = oldest.equals(reading.object());
    if (!hasShortPath) {
      conditions.add(Conditions.nameTaken(reading.object(), oldest));
    }
    Endpoint endpoint = reading.value();
    if (endpoint != null) {
      addTraffic(endpoint, found, conditions);
    }
    return new Report.OfEndpoint(
        reading.object(),
        conditions,
        counts,
        endpoint == null ? null : endpoint.publicBaseUrl(),
        hasShortPath);
  }

  private static void addTraffic(
      Endpoint endpoint, Supplies.Found found, List<Condition> conditions) {
    Map<String, Integer> split = endpoint.traffic().split().percent();
    List<String> missing = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    for (String name : Supplies.named(endpoint)) {
      Supplies.Served served =
          found.served().get(new DeploymentKey(endpoint.namespace(), endpoint.name(), name));
      if (served == null) {
        missing.add(name);
      } else if (served.deployment().replicas().isEmpty() && split.getOrDefault(name, 0) > 0) {
        empty.add(name);
      }
    }
    if (!missing.isEmpty()) {
      conditions.add(Conditions.noDeployment(missing));
    }
    if (split.values().stream().allMatch(share -> share == 0)) {
      conditions.add(Conditions.noTraffic());
    }
    if (!empty.isEmpty()) {
      conditions.add(Conditions.noReplicas(empty));
    }
  }

  // ---- what is said of deployments

  private static void reportDeployments(
      List<ObjectReading<Endpoint>> read, Supplies.Found found, List<Report> to) {
    Set<EndpointKey> known = new HashSet<>();
    read.forEach(reading -> known.add(endpoint(reading.object())));
    for (ObjectReading<Supply> reading : found.readings()) {
      to.add(report(reading, found, known));
    }
  }

  private static Report report(
      ObjectReading<Supply> reading, Supplies.Found found, Set<EndpointKey> known) {
    List<Condition> conditions = new ArrayList<>(reading.problems());
    Supply supply = reading.value();
    if (supply == null) {
      return new Report.OfDeployment(reading.object(), conditions, new Report.Count("", 0, 0), "");
    }
    DeploymentKey key = supply.key();
    Supplies.Served served = found.served().get(key);
    Report.Count count = served == null ? null : served.count();
    if (count == null || !reading.object().equals(found.owners().get(key))) {
      count = new Report.Count(key.deployment(), 0, 0);
      conditions.add(Conditions.nameTaken(key));
    } else if (!known.contains(endpoint(key))) {
      conditions.add(Conditions.noEndpoint(key));
    } else if (count.ready() == 0) {
      conditions.add(Conditions.noReplicas(supply));
    }
    return new Report.OfDeployment(reading.object(), conditions, count, supply.selector());
  }

  private static List<ClusterObject> sorted(List<ClusterObject> objects) {
    return objects.stream().sorted(BY_AGE).toList();
  }

  private static EndpointKey endpoint(ClusterObject object) {
    return new EndpointKey(object.namespace(), object.name());
  }

  private static EndpointKey endpoint(DeploymentKey key) {
    return new EndpointKey(key.namespace(), key.endpoint());
  }
}
