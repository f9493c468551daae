package io.fairlead.router.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the objects of one watch. For any thread.
 *
 * <p>A list that says everything is gone, or that is of an older version than what is known, is not
 * believed at once: a server that has lost its data, or not read it yet, answers so. It is believed
 * when it has been said for half a minute; until then what was known stays.
 */
final class Shelf<T> {
  /** How long a doubtful list must be repeated before it is believed. */
  static final long DOUBT_NANOS = 30_000_000_000L;

  private final TreeMap<String, T> items = new TreeMap<>();
  private @Nullable List<T> copy;
  private boolean listed;
  private String version = "";
  private long doubtedSince;
  private boolean doubted;

  /** Takes a whole list; returns false if it is not believed yet. */
  synchronized boolean replace(Map<String, T> list, String listVersion, long nowNanos) {
    if (isDoubtful(list, listVersion)) {
      doubtedSince = doubted ? doubtedSince : nowNanos;
      doubted = true;
      if (nowNanos - doubtedSince < DOUBT_NANOS) {
        return false;
      }
    }
    doubted = false;
    version = listVersion;
    listed = true;
    if (!items.equals(list)) {
      items.clear();
      items.putAll(list);
      copy = null;
    }
    return true;
  }

  private boolean isDoubtful(Map<String, T> list, String listVersion) {
    return listed && !items.isEmpty() && (list.isEmpty() || isOlder(listVersion, version));
  }

  /** Versions grow (KEP-5504); one that is no number is not compared. */
  private static boolean isOlder(String one, String other) {
    return one.matches("[0-9]{1,18}")
        && other.matches("[0-9]{1,18}")
        && Long.parseLong(one) < Long.parseLong(other);
  }

  /**
   * Takes an object as it is now; null if it is gone. Returns whether that is news.
   *
   * @param newVersion that a watch goes on from
   */
  synchronized boolean put(String key, @Nullable T item, String newVersion) {
    version = newVersion;
    boolean isNews = item == null ? items.remove(key) != null : !item.equals(items.put(key, item));
    if (isNews) {
      copy = null;
    }
    return isNews;
  }

  /** Notes that all up to {@code newVersion} is known. */
  synchronized void advance(String newVersion) {
    version = newVersion;
  }

  /** Returns the version that a watch goes on from. */
  synchronized String version() {
    return version;
  }

  /** Returns whether a list was taken. */
  synchronized boolean isListed() {
    return listed;
  }

  /** Returns all objects, in the order of their names; the same list as long as nothing changes. */
  synchronized List<T> contents() {
    if (copy == null) {
      copy = List.copyOf(items.values());
    }
    return copy;
  }
}
