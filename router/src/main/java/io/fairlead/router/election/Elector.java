package io.fairlead.router.election;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether this router leads: a state machine over a lease that all routers read and write.
 * It does what client-go's elector does, and says until when it is true.
 *
 * <pre>
 * IDLE --time, not leading--> READING --found, held by another--> IDLE
 *                             READING --found, given up, run out or ours--> CLAIMING
 *                             READING --none, or not as routers leave it--> CORRECTING
 * CLAIMING --written--> IDLE, leading; a term begins
 *          --conflict, failed--> IDLE
 * CORRECTING --any--> IDLE: what was corrected has to run out like any other
 * IDLE --time, leading--> RENEWING --written--> IDLE, leading for longer
 *                         RENEWING --failed--> IDLE: the same write again, while there is time
 *                         RENEWING --conflict--> READING --ours, of this term--> RENEWING
 *                                                READING --anything else--> IDLE, not leading
 * any --its time is over--> the same, not leading: a term that has ended does not come back
 * any --release--> not leading; RELEASING, until it is written or was tried three times
 * </pre>
 *
 * <p>After {@link Action.Read} and {@link Action.Write} one {@link #accept} comes before the next
 * {@link #next}. What happened to a write without an answer is never guessed: the next one names
 * the version that was known, and so does nothing if the lost one happened.
 */
public final class Elector {
  private static final int RELEASE_ATTEMPTS = 3;

  /** A holder's stamps only grow; from one of the far future on, by a hand, they begin anew. */
  private static final Instant FAR_FUTURE = Instant.parse("9000-01-01T00:00:00Z");

  private enum Doing {
    IDLE,
    READING,
    CLAIMING,
    CORRECTING,
    RENEWING,
    RELEASING
  }

  private final String self;
  private final LeaseTimes times;
  private final SplittableRandom random;
  private final Sighting sighting;

  private Doing doing = Doing.IDLE;
  private long nextNanos;
  private boolean claims; // the last look allows it
  private boolean corrects; // the last look calls for it
  private boolean suspects; // somebody may have written since the last look
  private int conflicts;

  private long term; // 0: does not lead
  private long validUntilNanos;

  private @Nullable LeaseRecord attempt;
  private long sentNanos;

  private boolean leaves;
  private String heir = "";
  private int releases;

  /**
   * Makes one that looks at once.
   *
   * @param self who this router is: no other process, not even its predecessor, may be called so
   */
  public Elector(String self, LeaseTimes times, SplittableRandom random, long nowNanos) {
    if (self.isEmpty() || self.length() > LeaseRecord.MAX_HOLDER) {
      throw new IllegalArgumentException(
          "identity: " + self + " (expected: 1 to " + LeaseRecord.MAX_HOLDER + " characters)");
    }
    this.self = self;
    this.times = times;
    this.random = random;
    this.sighting = new Sighting(self, times);
    this.nextNanos = nowNanos;
  }

  /** Returns who leads, as far as is known; of this router it is true until it says so. */
  public Standing standing(long nowNanos) {
    return leads(nowNanos)
        ? new Standing.Leader(term, validUntilNanos)
        : sighting.standing(nowNanos);
  }

  /** Returns whether another router takes part, as far as it has said so to who leads. */
  public boolean hasOthers(long nowNanos) {
    return sighting.hasOthers(nowNanos);
  }

  private boolean leads(long nowNanos) {
    return term != 0 && validUntilNanos - nowNanos > 0;
  }

  /**
   * Gives leadership up at once, and the lease as soon as it can be written.
   *
   * @param successor who should take it, or empty: whoever looks first
   */
  public void release(String successor) {
    if (successor.equals(self)) {
      throw new IllegalArgumentException("successor: " + self + " (expected: another router)");
    }
    term = 0;
    claims = false;
    corrects = false;
    leaves = true;
    heir = successor;
  }

  /**
   * A holder is known to be over: its process is gone, and nobody else is called so. Its lease may
   * be taken before it has run out.
   */
  public void isOver(String holder, long nowNanos) {
    if (!holder.isEmpty() && !holder.equals(self)) {
      sighting.over(holder);
      nextNanos = nowNanos;
    }
  }

  /** Returns what to do now. */
  public Action next(long nowNanos, Instant wall) {
    if (doing != Doing.IDLE) {
      throw new IllegalStateException("still " + doing + " (expected: its reply first)");
    }
    endIfOver(nowNanos);
    if (leaves) {
      return leave(nowNanos);
    }
    if (claims) {
      claims = false;
      return write(Doing.CLAIMING, claimed(wall), nowNanos);
    }
    if (corrects) {
      corrects = false;
      LeaseRecord correction = sighting.correction(stamp(wall));
      if (correction != null) {
        return write(Doing.CORRECTING, correction, nowNanos);
      }
    }
    long at = term != 0 && validUntilNanos - nextNanos < 0 ? validUntilNanos : nextNanos;
    if (at - nowNanos > 0) {
      return new Action.WaitUntil(at);
    }
    return term != 0 && !suspects
        ? write(Doing.RENEWING, renewed(wall, nowNanos), nowNanos)
        : read();
  }

  /** Whoever was told that a term has ended need not expect it back. */
  private void endIfOver(long nowNanos) {
    if (!leads(nowNanos)) {
      term = 0;
    }
  }

  private Action leave(long nowNanos) {
    if (releases == RELEASE_ATTEMPTS || !(suspects || sighting.isMine())) {
      return new Action.Finished();
    }
    if (suspects) {
      releases++;
      return read();
    }
    return write(Doing.RELEASING, last().givenUpTo(heir), nowNanos);
  }

  private Action read() {
    doing = Doing.READING;
    return new Action.Read();
  }

  private Action write(Doing what, LeaseRecord record, long nowNanos) {
    doing = what;
    attempt = record;
    sentNanos = nowNanos;
    return new Action.Write(record, sighting.version());
  }

  private LeaseRecord claimed(Instant wall) {
    Instant stamp = stamp(wall);
    return new LeaseRecord(self, times.duration(), stamp, stamp, sighting.nextTerm(), false);
  }

  private LeaseRecord renewed(Instant wall, long nowNanos) {
    LeaseRecord last = last();
    return new LeaseRecord(
        self,
        times.duration(),
        last.acquired(),
        stamp(wall),
        last.transitions(),
        sighting.leavesNote(nowNanos));
  }

  private LeaseRecord last() {
    LeaseRecord last = sighting.record();
    if (last == null) {
      throw new IllegalStateException("no lease was seen (expected: one of this router)");
    }
    return last;
  }

  /**
   * Returns a time later than the last one of this router, even if the clock stands still or jumps
   * back: a store may take an equal record for no change, and then nobody sees a sign of life.
   */
  private Instant stamp(Instant wall) {
    Instant stamp = wall.truncatedTo(ChronoUnit.MICROS);
    LeaseRecord last = sighting.record();
    return last != null
            && sighting.isMine()
            && !stamp.isAfter(last.renewed())
            && last.renewed().isBefore(FAR_FUTURE)
        ? last.renewed().plus(1, ChronoUnit.MICROS)
        : stamp;
  }

  /** Takes what became of the last action. */
  public void accept(Reply reply, long nowNanos) {
    if (doing == Doing.IDLE) {
      throw new IllegalStateException(reply + " (expected: an action first)");
    }
    endIfOver(nowNanos);
    Doing done = doing;
    doing = Doing.IDLE;
    switch (reply) {
      case Reply.Found found -> {
        expect(done == Doing.READING, reply, done);
        sighting.saw(found.record(), found.version(), nowNanos);
        looked(nowNanos);
      }
      case Reply.Absent _ -> {
        expect(done == Doing.READING, reply, done);
        sighting.sawNone();
        looked(nowNanos);
      }
      case Reply.Written written -> {
        expect(done != Doing.READING, reply, done);
        wrote(done, written.version(), nowNanos);
      }
      case Reply.Conflict _ -> {
        expect(done != Doing.READING, reply, done);
        suspects = true;
        nextNanos = conflicts++ == 0 ? nowNanos : nowNanos + soonNanos();
      }
      case Reply.Failed _ -> {
        suspects |= done != Doing.READING && done != Doing.RENEWING;
        if (done != Doing.READING && attempt != null) {
          sighting.isUnanswered(attempt);
        }
        nextNanos = nowNanos + (term != 0 ? soonNanos() : retryNanos());
      }
    }
  }

  private static void expect(boolean holds, Reply reply, Doing done) {
    if (!holds) {
      throw new IllegalStateException(reply + " while " + done);
    }
  }

  /**
   * Takes what a look has said after {@link Action.Finished}: who has left may still have to know
   * who leads, and is not told a term that was there before either.
   */
  public void watched(Reply reply, long nowNanos) {
    if (reply instanceof Reply.Found found) {
      sighting.saw(found.record(), found.version(), nowNanos);
    } else if (reply instanceof Reply.Absent) {
      sighting.sawNone();
    }
  }

  private void looked(long nowNanos) {
    suspects = false;
    if (term != 0 && sighting.isMine(term)) {
      nextNanos = nowNanos; // it was a write of this router whose answer was lost
      return;
    }
    // edited, and still this router's: nobody else can lead yet, but in this term nobody will
    boolean edited = leads(nowNanos) && sighting.isMine();
    term = 0;
    claims = !leaves && (edited || sighting.isFree(nowNanos));
    corrects = !leaves && !claims;
    nextNanos = nextLook(nowNanos);
  }

  private long nextLook(long nowNanos) {
    long later = nowNanos + retryNanos();
    long free = sighting.freeAtNanos();
    return claims || sighting.record() == null || later - free < 0 ? later : free;
  }

  private void wrote(Doing done, String version, long nowNanos) {
    LeaseRecord written = attempt;
    if (written == null) {
      throw new IllegalStateException("nothing was to be written");
    }
    sighting.saw(written, version, nowNanos);
    conflicts = 0;
    suspects = false;
    if (done == Doing.CORRECTING) {
      nextNanos = nextLook(nowNanos);
      return;
    }
    long until = sentNanos + times.renewDeadline().toNanos();
    boolean over = leaves || until - nowNanos <= 0;
    if (done == Doing.RENEWING && term == 0 && !leaves) {
      claims = true; // late: the lease is still this router's, its term is not
    } else if (done != Doing.RELEASING && !over) {
      term = written.transitions();
      validUntilNanos = until;
    }
    nextNanos = over ? nowNanos + soonNanos() : sentNanos + retryNanos();
  }

  /** Spread, so that those who began together do not ask together. */
  private long retryNanos() {
    long most = times.retryPeriod().toNanos();
    return most - random.nextLong(most / 4);
  }

  private long soonNanos() {
    return times.retryPeriod().dividedBy(4).toNanos();
  }
}
