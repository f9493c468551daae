package io.fairlead.router.routing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash table whose keys are looked up as ranges of bytes, exactly, so that a look-up
 * makes no {@code String} and costs the same with any number of keys.
 *
 * <p>Open addressing with linear probing, at most half full. The keys are the operator's, not a
 * caller's, so a caller cannot build collisions into it; a range longer than any key is refused
 * before it is hashed.
 */
final class ByteTable<V> {
  private final byte[] @Nullable [] keys;
  private final int[] hashes;
  private final @Nullable Object[] values;
  private final int mask;
  private final int longest;

  /** Makes a table of keys of ASCII characters. */
  ByteTable(Map<String, V> entries) {
    int capacity = Math.max(2, Integer.highestOneBit(Math.max(1, entries.size())) * 4);
    keys = new byte[capacity][];
    hashes = new int[capacity];
    values = new @Nullable Object[capacity];
    mask = capacity - 1;
    int most = 0;
    for (Map.Entry<String, V> entry : entries.entrySet()) {
      byte[] key = entry.getKey().getBytes(StandardCharsets.US_ASCII);
      put(key, entry.getValue());
      most = Math.max(most, key.length);
    }
    longest = most;
  }

  private void put(byte[] key, V value) {
    int hash = hash(key, 0, key.length);
    int at = hash & mask;
    while (keys[at] != null) {
      at = (at + 1) & mask;
    }
    keys[at] = key;
    hashes[at] = hash;
    values[at] = value;
  }

  /** Returns the value of the key in {@code bytes[from, to)}, or null. */
  @SuppressWarnings("unchecked") // only put() writes values
  @Nullable V get(byte[] bytes, int from, int to) {
    if (to - from > longest) {
      return null;
    }
    int hash = hash(bytes, from, to);
    for (int at = hash & mask; ; at = (at + 1) & mask) {
      byte[] key = keys[at];
      if (key == null) {
        return null;
      }
      if (hashes[at] == hash && Arrays.equals(key, 0, key.length, bytes, from, to)) {
        return (V) values[at];
      }
    }
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    hash *= 0x9E3779B9; // spreads names that differ in their last digits over the table
    return hash ^ (hash >>> 16);
  }
}
