package io.fairlead.router;

import io.fairlead.router.model.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The process's limit of open files, which bounds its connections: a call has two ends, so callers
 * get 45 % of it.
 */
final class FileDescriptors {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Path OPEN = Path.of("/proc/self/fd");

  private FileDescriptors() {}

  /** Returns {@code limits} with no more connections than there are descriptors for. */
  static Limits cap(Limits limits) {
    long open = limit();
    int most = Math.clamp(open * 45 / 100, 1, Integer.MAX_VALUE);
    return limits.connections().maxTotal() <= most
        ? limits
        : limits.withConnections(limits.connections().withMaxTotal(most));
  }

  /** Reads the soft limit; where there is no such file there is no bound either. */
  static long limit() {
    try {
      for (String line : Files.readAllLines(LIMITS)) {
        if (line.startsWith("Max open files")) {
          String soft = line.substring("Max open files".length()).trim().split("\\s+", 2)[0];
          return soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return Integer.MAX_VALUE; // not Linux
    }
    return Integer.MAX_VALUE;
  }

  /** Returns how many are open; -1 where there is no such directory. */
  static long open() {
    try {
      long counted = Files.size(OPEN); // by the kernel, since Linux 6.2
      if (counted > 0) {
        return counted;
      }
      try (Stream<Path> all = Files.list(OPEN)) {
        return all.count();
      }
    } catch (IOException e) {
      return -1; // not Linux
    }
  }
}
