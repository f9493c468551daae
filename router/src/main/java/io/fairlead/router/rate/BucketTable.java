package io.fairlead.router.rate;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of an endpoint's callers, by the number that stands for each. There are at most so
 * many: a new caller takes over the bucket of the one who has been silent for longest, which most
 * likely is full again, and so remembers nothing.
 *
 * <p>A hash table with chains, whose entries are in a second list by last use. A look-up allocates
 * nothing; a caller that is seen for the first time costs a bucket.
 */
final class BucketTable {
  private final int most;
  private final long capacity;
  private final @Nullable Bucket[] heads;

  /** Closes the ring of all buckets: its {@code newer} is the oldest. */
  private final Bucket ends = new Bucket();

  private int size;

  BucketTable(int most, long capacity) {
    this.most = most;
    this.capacity = capacity;
    this.heads = new @Nullable Bucket[Math.max(1, Integer.highestOneBit(most) / 2)];
    ends.older = ends;
    ends.newer = ends;
  }

  /** Returns the bucket of {@code caller}, a full one if it has none yet. */
  Bucket of(long caller, long nowNanos) {
    Bucket bucket = find(caller);
    if (bucket == null) {
      int place = placeOf(caller);
      bucket = size < most ? added() : oldestWithoutItsPlace();
      bucket.fill(caller, capacity, nowNanos);
      bucket.next = heads[place];
      heads[place] = bucket;
    } else {
      unlink(bucket);
    }
    linkAsNewest(bucket);
    return bucket;
  }

  /** Returns the bucket of {@code caller}; null if it has none, which is as good as a full one. */
  @Nullable Bucket find(long caller) {
    Bucket bucket = heads[placeOf(caller)];
    while (bucket != null && bucket.caller != caller) {
      bucket = bucket.next;
    }
    return bucket;
  }

  private Bucket added() {
    size++;
    return new Bucket();
  }

  private Bucket oldestWithoutItsPlace() {
    Bucket oldest = Objects.requireNonNull(ends.newer);
    unlink(oldest);
    int place = placeOf(oldest.caller);
    Bucket before = null;
    for (Bucket at = heads[place]; at != null && at.caller != oldest.caller; at = at.next) {
      before = at;
    }
    if (before == null) {
      heads[place] = oldest.next;
    } else {
      before.next = oldest.next;
    }
    return oldest;
  }

  private void linkAsNewest(Bucket bucket) {
    Bucket newest = Objects.requireNonNull(ends.older);
    bucket.older = newest;
    bucket.newer = ends;
    newest.newer = bucket;
    ends.older = bucket;
  }

  private static void unlink(Bucket bucket) {
    Objects.requireNonNull(bucket.older).newer = bucket.newer;
    Objects.requireNonNull(bucket.newer).older = bucket.older;
  }

  /** The multiplier spreads small numbers, as keys have, and leaves hashes as they are. */
  private int placeOf(long caller) {
    return (int) ((caller * 0x9E37_79B9_7F4A_7C15L) >>> 40) & (heads.length - 1);
  }

  /** Returns how many callers have a bucket. */
  int size() {
    return size;
  }
}
