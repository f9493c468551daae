package io.fairlead.router.cluster;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small stand-in for a kubelet: one node, whose pods it runs as processes of this machine (or
 * inside this one), each at a loopback address of its own.
 *
 * <p>It does what a rollout depends on: volumes, variables and the token of the service account,
 * startup and readiness probes, preStop's sleep, SIGTERM and SIGKILL in the time that a pod is
 * given. It does not isolate: no image, user, file system, network or limit of its own; one
 * container in a pod; no liveness probe, and nothing is started again.
 */
public final class Kubelet implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int LOOK_MILLIS = 100;
  private static final int LOOKS_PER_LEASE = 50;

  /** The label of the node, and the taint that keeps others' pods away, with this value. */
  public static final String KEY = "fairlead.dev/node";

  private final ApiServer server;
  private final String node;
  private final Path folder;
  private final Map<String, Container.Image> images;
  private final PodAddresses addresses = new PodAddresses();
  private final Map<String, PodLife> pods = new ConcurrentHashMap<>();
  private final List<Ending> endings = new CopyOnWriteArrayList<>();
  private final HttpClient probing = PodLife.client();
  private final Thread looker;

  /**
   * How a container ended.
   *
   * @param how its exit code, or what was unusual
   * @param log what it said
   */
  public record Ending(String pod, String how, String log) {}

  /**
   * Begins.
   *
   * @param node its name
   * @param folder for the files of pods
   * @param images by name, without tag
   */
  public Kubelet(ApiServer server, String node, Path folder, Map<String, Container.Image> images)
      throws Exception {
    this.server = server;
    this.node = node;
    this.folder = folder;
    this.images = Map.copyOf(images);
    register();
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    looker = Thread.ofVirtual().name("kubelet").start(this::look);
    server.kubectl("wait", "--for=condition=Ready", "node/" + node, "--timeout=60s");
  }

  private void register() throws IOException, InterruptedException {
    server.apply(
        "default",
        """
        apiVersion: v1
        kind: Node
        metadata: {name: %1$s, labels: {%2$s: %1$s}}
        spec: {taints: [{key: %2$s, value: %1$s, effect: NoSchedule}]}
        """
            .formatted(node, KEY));
    String resources = "{\"cpu\": \"100\", \"memory\": \"1Ti\", \"pods\": \"100\"}";
    String now = Instant.now().toString();
    require(
        server.send(
            "PATCH",
            "/api/v1/nodes/" + node + "/status",
            """
            {"status": {"capacity": %1$s, "allocatable": %1$s, "conditions": [{"type": "Ready",
             "status": "True", "reason": "KubeletReady", "message": "stands in",
             "lastHeartbeatTime": "%2$s", "lastTransitionTime": "%2$s"}]}}
            """
                .formatted(resources, now)));
    require(
        server.send(
            "POST",
            "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
            """
            {"metadata": {"name": "%s"},
             "spec": {"holderIdentity": "%s", "leaseDurationSeconds": 40, "renewTime": "%s"}}
            """
                .formatted(node, node, microTime())));
  }

  private static void require(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
  }

  private static String microTime() {
    return MICRO_TIME.format(Instant.now());
  }

  private void look() {
    try {
      for (int looks = 1; ; looks++) {
        try {
          followPods();
          if (looks % LOOKS_PER_LEASE == 0) {
            renew();
          }
        } catch (IOException away) {
          System.err.println("kubelet: " + away); // it is back soon, or the test fails
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the test is over
    }
  }

  private void renew() throws IOException, InterruptedException {
    server.send(
        "PATCH",
        "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/" + node,
        "{\"spec\": {\"renewTime\": \"%s\"}}".formatted(microTime()));
  }

  private void followPods() throws IOException, InterruptedException {
    var answer = server.get("/api/v1/pods?resourceVersion=0&fieldSelector=spec.nodeName%3D" + node);
    require(answer);
    Set<String> there = new HashSet<>();
    for (JsonNode pod : JSON.readTree(answer.body()).path("items")) {
      String uid = pod.at("/metadata/uid").asString();
      there.add(uid);
      PodLife life = pods.get(uid);
      if (life == null) {
        life = begin(uid, pod);
      }
      if (pod.path("metadata").has("deletionTimestamp")) {
        life.delete(pod.at("/metadata/deletionGracePeriodSeconds").asLong());
      }
    }
    Map<String, PodLife> gone = new HashMap<>(pods);
    gone.keySet().removeAll(there);
    gone.values().forEach(PodLife::kill); // deleted by force, or gone as it should
    pods.keySet().removeAll(gone.keySet());
  }

  private PodLife begin(String uid, JsonNode pod) {
    String name = pod.at("/spec/containers/0/image").asString().replaceFirst(":[^:/]*$", "");
    Container.Image image = images.get(name);
    if (image == null) {
      throw new AssertionError("no image " + name + " (expected: one of " + images.keySet() + ")");
    }
    var life =
        new PodLife(server, pod, addresses.next(), folder.resolve(uid), probing, endings::add);
    pods.put(uid, life);
    Thread.ofVirtual().name("pod-" + life.name()).start(() -> life.live(image));
    return life;
  }

  /** Returns the names of its pods whose names begin with {@code prefix}, ending ones as well. */
  public List<String> pods(String prefix) {
    return pods.values().stream()
        .map(PodLife::name)
        .filter(name -> name.startsWith(prefix))
        .sorted()
        .toList();
  }

  /** Returns how containers have ended so far. */
  public List<Ending> endings() {
    return List.copyOf(endings);
  }

  /** Returns what the containers that run have said. */
  public String logs(String prefix) {
    var logs = new StringBuilder();
    for (PodLife life : pods.values()) {
      if (life.name().startsWith(prefix)) {
        logs.append("== ").append(life.name()).append('\n').append(life.log());
      }
    }
    return logs.toString();
  }

  /** Kills what runs; the node and its pods stay objects. */
  @Override
  public void close() {
    looker.interrupt();
    kill();
    probing.shutdownNow();
  }

  private void kill() {
    pods.values().forEach(PodLife::kill);
  }
}
