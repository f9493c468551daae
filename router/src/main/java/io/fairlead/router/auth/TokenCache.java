package io.fairlead.router.auth;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.model.Authentication;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that one loop has verified lately, by their SHA-256: at most {@value #ENTRIES}.
 * Looking one up allocates nothing. Only good tokens get in, so nobody without one can push others
 * out.
 *
 * <p>A token has one of {@value #WAYS} places, which its digest chooses; where all are taken they
 * are given anew in turn.
 */
final class TokenCache {
  static final int ENTRIES = 4096;
  static final int WAYS = 8;

  private static final int WORDS = 4; // of a digest

  /**
   * What was found good, for whom, and with which keys: with others it has to be found again.
   *
   * @param untilEpochSecond first second at which it is good no more
   */
  record Entry(
      Authentication.Token policy, KeySet keys, Verdict.Granted granted, long untilEpochSecond) {}

  private long[] digests = {}; // made with the first token: most routers see none
  private @Nullable Entry[] entries = {};
  private int next;

  /** Returns the verdict on a token; null if it is not known, or not good any more. */
  @SuppressWarnings("ReferenceEquality") // the same objects stay in use for as long as they hold
  Verdict.@Nullable Granted find(
      byte[] digest, Authentication.Token policy, KeySet keys, long epochSecond) {
    if (entries.length == 0) {
      return null;
    }
    long first = word(digest, 0);
    int base = base(first);
    for (int at = base; at < base + WAYS; at++) {
      Entry entry = entries[at];
      if (entry != null && isAt(at, first, digest)) {
        return entry.policy == policy && entry.keys == keys && epochSecond < entry.untilEpochSecond
            ? entry.granted
            : null;
      }
    }
    return null;
  }

  /** Remembers a token. */
  void put(byte[] digest, Entry entry, long epochSecond) {
    if (entries.length == 0) {
      digests = new long[ENTRIES * WORDS];
      entries = new Entry[ENTRIES];
    }
    int at = place(digest, epochSecond);
    for (int i = 0; i < WORDS; i++) {
      digests[at * WORDS + i] = word(digest, i);
    }
    entries[at] = entry;
  }

  /** Returns its own place, else a free one, else the next in turn. */
  private int place(byte[] digest, long epochSecond) {
    long first = word(digest, 0);
    int base = base(first);
    int free = -1;
    for (int at = base; at < base + WAYS; at++) {
      Entry entry = entries[at];
      if (entry != null && isAt(at, first, digest)) {
        return at;
      }
      if (entry == null || epochSecond >= entry.untilEpochSecond) {
        free = at;
      }
    }
    return free >= 0 ? free : base + (next++ & (WAYS - 1));
  }

  private boolean isAt(int at, long first, byte[] digest) {
    int word = at * WORDS;
    return digests[word] == first
        && digests[word + 1] == word(digest, 1)
        && digests[word + 2] == word(digest, 2)
        && digests[word + 3] == word(digest, 3);
  }

  private static int base(long first) {
    return (int) (first & (ENTRIES / WAYS - 1)) * WAYS;
  }

  private static long word(byte[] digest, int index) {
    return Ascii.word(digest, index * Long.BYTES);
  }
}
