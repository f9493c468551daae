package io.fairlead.router.fleet;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What both ends of a conversation between routers hold each other to. */
public final class Protocol {
  /** The newest version that this router speaks. */
  public static final int VERSION = 1;

  /** The oldest version that this router understands. */
  public static final int OLDEST = 1;

  /** Most routers that share their slots. */
  public static final int MOST_ROUTERS = 64;

  /** Most deployments in a message. */
  public static final int MOST_DEPLOYMENTS = 4_096;

  /** Most replicas in a message, those of all its deployments together. */
  public static final int MOST_REPLICAS = 100_000;

  /** Most slots of one replica. */
  public static final int MOST_SLOTS = 100_000;

  private Protocol() {}

  /** Returns the version that two routers speak with each other, if they understand each other. */
  static int common(int theirs) {
    return Math.min(VERSION, theirs);
  }

  static String router(String key, String id) {
    // a pod's name or a peer's address: both are at most 253 characters of these
    if (id.isEmpty() || id.length() > 253 || !id.chars().allMatch(Protocol::isIdCharacter)) {
      throw new IllegalArgumentException(
          key + ": " + id.length() + " characters (expected: 1 to 253 of [A-Za-z0-9.:_-] or [])");
    }
    return id;
  }

  private static boolean isIdCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || ".:_-[]".indexOf(c) >= 0;
  }

  static void range(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  /** Checks that no two have the same {@code name}. */
  static <T> void eachOnce(String key, List<T> all, Function<T, ?> name) {
    if (all.size() < 2) {
      return;
    }
    Set<Object> names = HashSet.newHashSet(all.size());
    for (T one : all) {
      if (!names.add(name.apply(one))) {
        throw new IllegalArgumentException(key + ": one is listed twice (expected: each once)");
      }
    }
  }

  static void atMost(String key, int size, int most) {
    if (size > most) {
      throw new IllegalArgumentException(key + ": " + size + " (expected: at most " + most + ")");
    }
  }
}
