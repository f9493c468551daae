package io.fairlead.router.config;

import static io.fairlead.router.config.Option.millis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of what can be configured about who leads several routers. */
public final class LeaseOptions {
  private static final Option<Path> LEASE_FILE =
      Options.path(
          "leaseFile",
          "FILE",
          "a file in a directory that can be written",
          "Elects a leader among the routers of this machine that are given the same file.");
  private static final Option<String> LEASE_NAME =
      new Option<>(
          "leaseName",
          "NAME",
          LeaseSettings.DEFAULT.name(),
          "a name in small letters",
          text -> text.matches(KubernetesOptions.OBJECT) ? text : null,
          "The Lease, in the namespace of the router, that elects one with --kubernetes.");
  private static final Option<Duration> LEASE_DURATION =
      millis(
          "leaseDurationMs",
          LeaseSettings.DEFAULT.duration(),
          1_000,
          60_000,
          "How long nobody may lead after a leader has vanished.");

  /** All of them, in the order of the help. */
  public static final List<Option<?>> ALL = List.of(LEASE_FILE, LEASE_NAME, LEASE_DURATION);

  private LeaseOptions() {}

  static LeaseSettings lease(Values values) {
    if (KubernetesOptions.isAsked(values)) {
      if (values.has(LEASE_FILE)) {
        values.refuse(LEASE_FILE, "one of leaseFile and kubernetes");
      }
    } else if (values.has(LEASE_NAME)) {
      values.refuse(LEASE_NAME, "kubernetes beside it");
    }
    return new LeaseSettings(file(values), values.get(LEASE_NAME), values.get(LEASE_DURATION));
  }

  private static @Nullable Path file(Values values) {
    Path file = values.find(LEASE_FILE);
    if (file != null && (Files.isDirectory(file) || !canWriteBeside(file))) {
      values.refuse(LEASE_FILE, LEASE_FILE.expected());
    }
    return file;
  }

  private static boolean canWriteBeside(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    return directory != null && Files.isDirectory(directory) && Files.isWritable(directory);
  }
}
