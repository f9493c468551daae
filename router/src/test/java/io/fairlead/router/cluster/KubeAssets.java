package io.fairlead.router.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * The folder with etcd, kube-apiserver and the like: {@code KUBEBUILDER_ASSETS}, or where {@code
 * dev/kube-assets} has put them.
 */
public final class KubeAssets {
  private KubeAssets() {}

  /**
   * Returns the path of {@code program}. Where there is none the test is skipped, saying so, or
   * fails if {@code FAIRLEAD_REQUIRE_TOOLS} is set.
   */
  public static Path require(String program) {
    Optional<Path> folder = folder();
    Path path = folder.orElse(Path.of("kube-assets")).resolve(program);
    if (Files.isExecutable(path)) {
      return path;
    }
    String message =
        path + ": not there (expected: dev/kube-assets was run, or KUBEBUILDER_ASSETS)";
    if (System.getenv("FAIRLEAD_REQUIRE_TOOLS") != null) {
      throw new AssertionError(message);
    }
    System.err.println("SKIPPED: " + message);
    throw new TestAbortedException(message);
  }

  private static Optional<Path> folder() {
    String given = System.getenv("KUBEBUILDER_ASSETS");
    return given == null || given.isEmpty()
        ? newest(cache().resolve("k8s"))
        : Optional.of(Path.of(given));
  }

  private static Path cache() {
    String ours = System.getenv("FAIRLEAD_CACHE");
    if (ours != null && !ours.isEmpty()) {
      return Path.of(ours, "kube-assets");
    }
    String users = System.getenv("XDG_CACHE_HOME");
    Path caches =
        users == null || users.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(users);
    return caches.resolve("fairlead").resolve("kube-assets");
  }

  /** Returns the folder of the last version: names are {@code 1.36.3-linux-amd64}. */
  private static Optional<Path> newest(Path versions) {
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(versions)) {
      return folders.max(Comparator.comparing(KubeAssets::version, KubeAssets::compare));
    } catch (IOException e) {
      throw new AssertionError(versions + ": unreadable", e);
    }
  }

  private static List<Integer> version(Path folder) {
    return Stream.of(folder.getFileName().toString().split("-", -1)[0].split("\\.", -1))
        .map(number -> number.matches("\\d{1,8}") ? Integer.parseInt(number) : -1)
        .toList();
  }

  private static int compare(List<Integer> one, List<Integer> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = one.get(i).compareTo(other.get(i));
      if (order != 0) {
        return order;
      }
    }
    return one.size() - other.size();
  }
}
