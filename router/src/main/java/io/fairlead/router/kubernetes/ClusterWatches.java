package io.fairlead.router.kubernetes;

import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.resource.ClusterContents;
import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.ObservedPod;
import io.fairlead.router.resource.PodSelection;
import io.fairlead.router.resource.SecretKey;
import io.fairlead.router.resource.SecretLook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is watched in a cluster: endpoints, deployments and labelled pods, of all
 * namespaces or of some; the pods that deployments select, and the Secrets that endpoints name, as
 * long as they do. Made, started, told what to watch and closed by one thread; read by any.
 */
public final class ClusterWatches implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterWatches.class);

  /** Each is a connection and a thread that waits. */
  private static final int MOST_SELECTIONS = 100;

  private static final int SECRET_THREADS = 4;
  private static final long PULSE_MILLIS = 4_000;

  private record Running<T>(Watch<T> watch, Thread thread) {}

  private final ApiClient client;
  private final Runnable changed;
  private final ThreadFactory threads;
  private final LongSupplier nanos;
  private final SplittableGenerator random;
  private final Set<SecretKey> own;
  private final List<Running<ClusterObject>> endpoints = new ArrayList<>();
  private final List<Running<ClusterObject>> deployments = new ArrayList<>();
  private final List<Running<ObservedPod>> pods = new ArrayList<>();
  private final Map<PodSelection, Running<ObservedPod>> selected = new ConcurrentHashMap<>();
  private final SecretPoll secrets;
  private final List<Thread> otherThreads = new ArrayList<>();

  /**
   * Makes what does not watch yet.
   *
   * @param namespaces to watch; none for all
   * @param own Secrets that the router itself needs
   * @param changed is called after each change, by any thread
   * @param threads of which most only wait: virtual ones
   */
  public ClusterWatches(
      ApiClient client,
      List<String> namespaces,
      Set<SecretKey> own,
      Runnable changed,
      ThreadFactory threads,
      LongSupplier nanos,
      SplittableGenerator random) {
    this.client = client;
    this.own = Set.copyOf(own);
    this.changed = changed;
    this.threads = threads;
    this.nanos = nanos;
    this.random = random;
    List<@Nullable String> places = new ArrayList<>(namespaces);
    if (places.isEmpty()) {
      places.add(null);
    }
    for (String place : places) {
      endpoints.add(objects(ClusterObject.Kind.ENDPOINT, place));
      deployments.add(objects(ClusterObject.Kind.DEPLOYMENT, place));
      pods.add(pods(place, ObservedPod.ENDPOINT_LABEL));
    }
    secrets = new SecretPoll(client, changed, nanos);
    for (int i = 0; i < SECRET_THREADS; i++) {
      otherThreads.add(threads.newThread(secrets));
    }
    otherThreads.add(threads.newThread(new Pulse(client, PULSE_MILLIS, this::renew)));
  }

  private Running<ClusterObject> objects(ClusterObject.Kind kind, @Nullable String place) {
    return running(Paths.of(kind, place), "", Decoder.of(kind));
  }

  private Running<ObservedPod> pods(@Nullable String place, String selector) {
    return running(Paths.pods(place), selector, Decoder.ofPods());
  }

  private <T> Running<T> running(String path, String selector, Decoder<T> decoder) {
    RandomGenerator own = random.split();
    Watch<T> watch =
        new Watch<>(client, path, selector, decoder, changed, nanos, Thread::sleep, own);
    return new Running<>(watch, threads.newThread(watch));
  }

  /** Begins to watch. */
  public void start() {
    secrets.want(own);
    everywhere().forEach(running -> running.thread().start());
    otherThreads.forEach(Thread::start);
  }

  private void renew() {
    everywhere().forEach(running -> running.watch().renew());
    selected.values().forEach(running -> running.watch().renew());
  }

  /** Returns whether everything but Secrets and selected pods has been listed once. */
  public boolean isListed() {
    return everywhere().stream().allMatch(running -> running.watch().shelf().isListed());
  }

  /** Returns whether endpoints and deployments have been listed once, if not their pods. */
  public boolean areResourcesListed() {
    return Stream.concat(endpoints.stream(), deployments.stream())
        .allMatch(running -> running.watch().shelf().isListed());
  }

  /** Watches these as well, and no others any more. */
  public void want(Set<SecretKey> wantedSecrets, Set<PodSelection> wantedSelections) {
    Set<SecretKey> all = new HashSet<>(own);
    all.addAll(wantedSecrets);
    secrets.want(all);
    if (wantedSelections.equals(selected.keySet())) {
      return;
    }
    Set<PodSelection> gone = new HashSet<>(selected.keySet());
    gone.removeAll(wantedSelections);
    gone.forEach(
        selection -> {
          Running<ObservedPod> running = selected.remove(selection);
          if (running != null) {
            running.thread().interrupt();
          }
        });
    for (PodSelection selection : new LinkedHashSet<>(wantedSelections)) {
      if (!selected.containsKey(selection) && selected.size() < MOST_SELECTIONS) {
        Running<ObservedPod> running = pods(selection.namespace(), selection.labels());
        selected.put(selection, running);
        running.thread().start();
      } else if (!selected.containsKey(selection)) {
        LOG.warn(
            "pods of {} with {} are not watched (expected: at most {} selectors; pods with the"
                + " labels {} and {} need none)",
            selection.namespace(),
            selection.labels(),
            MOST_SELECTIONS,
            ObservedPod.ENDPOINT_LABEL,
            ObservedPod.DEPLOYMENT_LABEL);
      }
    }
  }

  /** Returns one of the Secrets that the router itself needs; null if it is not known yet. */
  public @Nullable SecretLook own(SecretKey key) {
    return secrets.looks().get(key);
  }

  /** Returns all that is known now. For the thread that tells what to watch. */
  public ClusterContents contents() {
    Map<PodSelection, List<ObservedPod>> chosen = new HashMap<>();
    selected.forEach(
        (selection, running) -> {
          if (running.watch().shelf().isListed()) {
            chosen.put(selection, running.watch().shelf().contents());
          }
        });
    return new ClusterContents(
        all(endpoints), all(deployments), all(pods), chosen, secrets.looks());
  }

  /** Returns how the API server was heard, by the watch that has waited longest. */
  public ClusterContact contact() {
    long now = nanos.getAsLong();
    long heardAt = now;
    String problem = "";
    for (Running<?> running : everywhere()) {
      Contact contact = running.watch().contact();
      if (contact.heardAt() - heardAt < 0) {
        heardAt = contact.heardAt();
      }
      problem = problem.isEmpty() ? contact.problem() : problem;
    }
    return new ClusterContact(client.server(), now - heardAt, problem, List.of());
  }

  private List<Running<?>> everywhere() {
    List<Running<?>> all = new ArrayList<>(endpoints);
    all.addAll(deployments);
    all.addAll(pods);
    return all;
  }

  private static <T> List<T> all(List<Running<T>> watches) {
    if (watches.size() == 1) {
      return watches.getFirst().watch().shelf().contents();
    }
    List<T> all = new ArrayList<>();
    watches.forEach(running -> all.addAll(running.watch().shelf().contents()));
    return all;
  }

  @Override
  public void close() {
    everywhere().forEach(running -> running.thread().interrupt());
    selected.values().forEach(running -> running.thread().interrupt());
    otherThreads.forEach(Thread::interrupt);
  }
}
