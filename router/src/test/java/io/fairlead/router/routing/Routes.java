package io.fairlead.router.routing;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A cluster state under construction, its table, and heads to ask it with. */
final class Routes {
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<Deployment> deployments = new ArrayList<>();
  private final Map<DeploymentKey, Integer> ordinals = new LinkedHashMap<>();

  Routes endpoint(String name, Map<String, Integer> traffic, String... allowedPaths) {
    return endpointIn("default", name, traffic, allowedPaths);
  }

  Routes endpointIn(
      String namespace, String name, Map<String, Integer> traffic, String... allowedPaths) {
    endpoints.add(
        new Endpoint(
            namespace,
            name,
            Access.OPEN,
            Traffic.of(new TrafficSplit(traffic)),
            List.of(allowedPaths),
            false,
            null));
    return this;
  }

  /** Makes the last endpoint stick to the values of a field. */
  Routes sticky(String field) {
    Endpoint last = endpoints.removeLast();
    endpoints.add(last.with(new Traffic(last.traffic().split(), last.traffic().mirror(), field)));
    return this;
  }

  Routes deployment(String endpoint, String name) {
    return deployment("default", endpoint, name, "/score");
  }

  Routes deployment(String namespace, String endpoint, String name, String scorePath) {
    deployments.add(
        new Deployment(
            new DeploymentKey(namespace, endpoint, name),
            List.of(),
            new Scoring(5001, scorePath, Scoring.Protocol.HTTP1, null),
            RequestSettings.DEFAULT));
    return this;
  }

  RouteTable compile() {
    return RouteTable.compile(new ClusterState(1, endpoints, deployments), this::ordinal);
  }

  int ordinal(DeploymentKey key) {
    return ordinals.computeIfAbsent(key, k -> ordinals.size());
  }

  static Head head(String path) {
    Head head = new Head();
    head.reset();
    head.method(Method.POST, 0, 0);
    int start = head.append("POST ") + 5;
    head.append(path);
    head.path(start, head.length());
    head.append("?a=/b");
    head.target(start, head.length());
    return head;
  }

  /** Returns a head with one more field, whatever its name. */
  static Head headWith(String path, String name, String value) {
    Head head = head(path);
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    byte[] text = value.getBytes(StandardCharsets.US_ASCII);
    head.addField(FieldId.of(bytes, 0, bytes.length), bytes, text, text.length);
    return head;
  }

  static Head head(String path, String deployment) {
    Head head = head(path);
    int name = head.append("azureml-model-deployment: ");
    int value = head.append(deployment);
    head.addField(FieldId.AZUREML_MODEL_DEPLOYMENT, name, value - 2, value, head.length());
    return head;
  }
}
