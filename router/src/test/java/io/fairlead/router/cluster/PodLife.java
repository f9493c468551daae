package io.fairlead.router.cluster;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The life of one pod, as a kubelet leads it: volumes, start, startup and readiness probes, and
 * when it is deleted preStop, SIGTERM, patience, SIGKILL, and the end of the object.
 */
final class PodLife {
  private static final int LOOK_MILLIS = 100;

  private final ApiServer server;
  private final JsonNode pod;
  private final String path;
  private final String address;
  private final Path folder;
  private final HttpClient probing;
  private final Consumer<Kubelet.Ending> endings;
  private final CountDownLatch deleted = new CountDownLatch(1);
  private volatile @Nullable Container container;
  private volatile long graceMillis;
  private boolean isReady;

  PodLife(
      ApiServer server,
      JsonNode pod,
      String address,
      Path folder,
      HttpClient probing,
      Consumer<Kubelet.Ending> endings) {
    this.server = server;
    this.pod = pod;
    this.path =
        "/api/v1/namespaces/"
            + pod.at("/metadata/namespace").asString()
            + "/pods/"
            + pod.at("/metadata/name").asString();
    this.address = address;
    this.folder = folder;
    this.probing = probing;
    this.endings = endings;
  }

  String name() {
    return pod.at("/metadata/name").asString();
  }

  /** Says that the pod has been told to go, within so many seconds. */
  void delete(long graceSeconds) {
    graceMillis = TimeUnit.SECONDS.toMillis(graceSeconds);
    deleted.countDown();
  }

  /** Lives it, from the start to the end. */
  void live(Container.Image image) {
    try {
      Files.createDirectories(folder);
      tell(false);
      Container started = image.start(new PodFiles(server, pod, folder, address).prepare());
      container = started;
      Thread prober = Thread.ofVirtual().start(() -> probe(started));
      while (!deleted.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (started.awaitEnd(0)) {
          break; // nobody starts it again: a test that loses a container has failed
        }
      }
      String ending = end(started);
      prober.interrupt();
      prober.join();
      endings.accept(new Kubelet.Ending(name(), ending, log()));
      deleted.await();
      remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the test is over
    } catch (Exception e) {
      endings.accept(new Kubelet.Ending(name(), e.toString(), log()));
    } finally {
      kill();
    }
  }

  void kill() {
    Container running = container;
    if (running != null) {
      running.kill();
    }
  }

  /** Returns how it ended: {@code 0}, another exit code, {@code killed}, or {@code unasked}. */
  private String end(Container running) throws InterruptedException {
    if (deleted.getCount() > 0) {
      return "unasked, " + running.exitCode();
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(graceMillis);
    long sleep = pod.at("/spec/containers/0/lifecycle/preStop/sleep/seconds").asLong(0);
    if (running.awaitEnd(Math.min(TimeUnit.SECONDS.toMillis(sleep), graceMillis))) {
      return "before SIGTERM, " + running.exitCode();
    }
    running.terminate();
    if (running.awaitEnd(TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))) {
      return String.valueOf(running.exitCode());
    }
    running.kill();
    return "killed";
  }

  private void probe(Container running) {
    JsonNode spec = pod.at("/spec/containers/0");
    try {
      if (spec.has("startupProbe")) {
        Probe startup = Probe.of(spec, spec.path("startupProbe"));
        while (!startup.succeeds(probing, address)) {
          Thread.sleep(startup.periodMillis());
        }
      }
      Probe readiness = Probe.of(spec, spec.path("readinessProbe"));
      int failures = 0;
      while (!running.awaitEnd(0)) {
        failures = readiness.succeeds(probing, address) ? 0 : failures + 1;
        if (failures == 0) {
          change(true);
        } else if (failures >= readiness.failureThreshold()) {
          change(false);
        }
        Thread.sleep(readiness.periodMillis());
      }
      change(false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it has ended
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }

  private void change(boolean ready) throws IOException, InterruptedException {
    if (ready != isReady) {
      isReady = ready;
      tell(ready);
    }
  }

  private void tell(boolean ready) throws IOException, InterruptedException {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var conditions = new StringBuilder();
    for (String type : List.of("PodScheduled", "Initialized", "ContainersReady", "Ready")) {
      boolean holds = ready || type.equals("PodScheduled") || type.equals("Initialized");
      conditions.append(
          "%s{\"type\": \"%s\", \"status\": \"%s\", \"lastTransitionTime\": \"%s\"}"
              .formatted(conditions.isEmpty() ? "" : ", ", type, holds ? "True" : "False", now));
    }
    var answer =
        server.send(
            "PATCH",
            path + "/status",
            """
            {"metadata": {"uid": "%s"}, "status": {"phase": "Running", "podIP": "%s",
             "podIPs": [{"ip": "%s"}, {"ip": "%s"}], "conditions": [%s]}}
            """
                .formatted(
                    pod.at("/metadata/uid").asString(),
                    address,
                    address,
                    PodAddresses.six(address),
                    conditions));
    if (answer.statusCode() != 200 && answer.statusCode() != 404) {
      throw new AssertionError(path + ": " + answer.body());
    }
  }

  private void remove() throws IOException, InterruptedException {
    server.send(
        "DELETE",
        path,
        "{\"gracePeriodSeconds\": 0, \"preconditions\": {\"uid\": \"%s\"}}"
            .formatted(pod.at("/metadata/uid").asString()));
  }

  /** Returns what its container has said. */
  String log() {
    try {
      Path file = folder.resolve("container.log");
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }
}
