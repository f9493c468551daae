package io.fairlead.bench.micro;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.routing.RouteTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Endpoints {@code model-0}, {@code model-1}..., each split over {@code blue} and {@code green}.
 */
record Cluster(ClusterState state) {
  private static final TrafficSplit SPLIT = new TrafficSplit(Map.of("blue", 80, "green", 20));

  static Cluster of(int count) {
    List<Endpoint> endpoints = new ArrayList<>();
    List<Deployment> deployments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = name(i);
      endpoints.add(Endpoint.open("default", name, SPLIT));
      for (String colour : SPLIT.percent().keySet()) {
        var key = new DeploymentKey("default", name, colour);
        deployments.add(new Deployment(key, List.of(), Scoring.DEFAULT, RequestSettings.DEFAULT));
      }
    }
    return new Cluster(new ClusterState(1, endpoints, deployments));
  }

  RouteTable compile() {
    Map<DeploymentKey, Integer> ordinals = new HashMap<>();
    return RouteTable.compile(state, key -> ordinals.computeIfAbsent(key, _ -> ordinals.size()));
  }

  static String name(int number) {
    return "model-" + number;
  }

  static String path(String endpoint) {
    return "/api/v1/endpoint/" + endpoint + "/score";
  }

  /** Returns the head of a request for a path, as far as routing reads it. */
  static Head head(String path) {
    Head head = new Head();
    head.reset();
    head.method(Method.POST, 0, 0);
    int start = head.append(path);
    head.path(start, head.length());
    head.target(start, head.length());
    return head;
  }
}
