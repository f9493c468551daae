package io.fairlead.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the process's control group is charged for, of the most it may have: beyond it
 * the kernel kills. What the kernel would give up at once, file pages that nobody has touched for a
 * while, does not count, as for Kubernetes' working set.
 *
 * @param usage file of what is charged
 * @param limit file of the most
 * @param inactive key in {@code memory.stat} of what would be given up
 */
record CgroupMemory(Path usage, Path limit, String inactive) {
  /** What version 1 has in place of no limit, and some more. */
  private static final long UNLIMITED = 1L << 60;

  /**
   * Finds the group of this process, or the nearest above it, that has a limit.
   *
   * @param membership {@code /proc/self/cgroup}
   * @param root {@code /sys/fs/cgroup}
   * @return null where there is none
   */
  static @Nullable CgroupMemory find(Path membership, Path root) {
    try {
      for (String line : Files.readAllLines(membership)) {
        String[] parts = line.split(":", 3); // number:controllers:path
        if (parts.length == 3 && parts[0].equals("0")) {
          CgroupMemory found =
              find(root, parts[2], "memory.current", "memory.max", "inactive_file");
          if (found != null) {
            return found;
          }
        } else if (parts.length == 3 && parts[1].equals("memory")) {
          return find(
              root.resolve("memory"),
              parts[2],
              "memory.usage_in_bytes",
              "memory.limit_in_bytes",
              "total_inactive_file");
        }
      }
    } catch (IOException e) {
      return null; // not Linux
    }
    return null;
  }

  private static @Nullable CgroupMemory find(
      Path root, String path, String usage, String limit, String inactive) {
    // in a container the path is often one of the host, and the group's files are at the root
    @Nullable Path group = root.resolve(path.substring(path.startsWith("/") ? 1 : 0)).normalize();
    while (group != null && group.startsWith(root)) {
      CgroupMemory memory = new CgroupMemory(group.resolve(usage), group.resolve(limit), inactive);
      if (number(memory.limit) >= 0 && number(memory.usage) >= 0) {
        return memory;
      }
      group = group.getParent();
    }
    return null;
  }

  /** Returns the bytes that the group has in use. */
  long used() {
    long reclaimable = 0;
    try {
      for (String line : Files.readAllLines(usage.resolveSibling("memory.stat"))) {
        if (line.startsWith(inactive + " ")) {
          reclaimable = Long.parseLong(line.substring(inactive.length() + 1).strip());
        }
      }
    } catch (IOException | NumberFormatException e) {
      reclaimable = 0; // then all of it counts
    }
    return Math.max(0, number(usage) - reclaimable);
  }

  /** Returns the most bytes that the group may have; -1 if that was lifted. */
  long most() {
    return number(limit);
  }

  private static long number(Path file) {
    try {
      long value = Long.parseLong(Files.readString(file).strip());
      return value < UNLIMITED ? value : -1;
    } catch (IOException | NumberFormatException e) {
      return -1; // "max", or no such file
    }
  }
}
