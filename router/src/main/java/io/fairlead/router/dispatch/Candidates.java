package io.fairlead.router.dispatch;

import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a deployment as one decision saw them, in the order of the deployment. It holds
 * so many and counts the rest, so that a decision over thousands costs no more than one over a few.
 *
 * <p>Reused by its owner; a {@link Dispatcher} fills it under its lock, without allocating.
 */
public final class Candidates {
  /** How many the record of one decision holds. */
  public static final int MOST = 16;

  private final @Nullable Replica[] replicas;
  private final int[] inFlight;
  private final int[] freeSlots;
  private final Standing[] standings;
  private int size;
  private int more;

  /** Makes one that holds {@value #MOST}. */
  public Candidates() {
    this(MOST);
  }

  /** Makes one that holds {@code most}. */
  public Candidates(int most) {
    replicas = new @Nullable Replica[most];
    inFlight = new int[most];
    freeSlots = new int[most];
    standings = new Standing[most];
  }

  /** Begins anew, with {@code count} replicas. */
  void begin(int count) {
    size = 0;
    more = Math.max(0, count - replicas.length);
  }

  boolean isFull() {
    return size == replicas.length;
  }

  void add(ReplicaSlots slots, int free, Standing standing) {
    replicas[size] = slots.replica;
    inFlight[size] = slots.inFlight;
    freeSlots[size] = free;
    standings[size++] = standing;
  }

  /** Becomes equal to {@code other}, which holds no more than this can. */
  public void copy(Candidates other) {
    size = Math.min(other.size, replicas.length);
    more = other.more;
    System.arraycopy(other.replicas, 0, replicas, 0, size);
    System.arraycopy(other.inFlight, 0, inFlight, 0, size);
    System.arraycopy(other.freeSlots, 0, freeSlots, 0, size);
    System.arraycopy(other.standings, 0, standings, 0, size);
  }

  /** Returns how many replicas there were that are not held. */
  public int more() {
    return more;
  }

  /** Returns those that are held. */
  public List<Candidate> list() {
    List<Candidate> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Replica replica = Objects.requireNonNull(replicas[i]);
      list.add(new Candidate(replica, inFlight[i], freeSlots[i], standings[i]));
    }
    return List.copyOf(list);
  }
}
