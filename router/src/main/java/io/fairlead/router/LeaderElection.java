package io.fairlead.router;

import io.fairlead.router.control.Leadership;
import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.election.Action;
import io.fairlead.router.election.Elector;
import io.fairlead.router.election.LeaseTimes;
import io.fairlead.router.election.Reply;
import io.fairlead.router.election.Standing;
import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what an {@link Elector} decides, on a thread of its own, and says who leads. The store is
 * asked on another thread, since no call to it may hold the first one longer than its time-out.
 */
final class LeaderElection implements Leadership, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

  private final String self;
  private final LeaseStore store;
  private final LeaseTimes times;
  private final Elector elector; // of the election thread
  private final Clock clock;
  private final LongSupplier nanos;
  private final Thread thread;
  private final ExecutorService calls =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("fairlead-lease").daemon().factory());
  private final AtomicLong changes = new AtomicLong();

  private volatile Standing standing = new Standing.Leaderless();
  private volatile @Nullable String successor; // once it is leaving
  private volatile boolean isBusy; // a call runs, perhaps one that was given up
  private volatile boolean hasOthers;
  private volatile String over = "";
  private String told = "";
  private boolean leaves;
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean closed;
  private final LeaseTrouble trouble;

  LeaderElection(
      String self,
      LeaseStore store,
      LeaseTimes times,
      Clock clock,
      LongSupplier nanos,
      SplittableRandom random) {
    this.self = self;
    this.store = store;
    this.times = times;
    this.clock = clock;
    this.nanos = nanos;
    this.trouble = new LeaseTrouble(times.duration());
    this.elector = new Elector(self, times, random, nanos.getAsLong());
    this.thread = Thread.ofPlatform().name("fairlead-election").daemon().unstarted(this::run);
  }

  /** Looks once at a store that should answer: else nobody would be elected. */
  void checkStore() throws StartFailure {
    try {
      if (store.read() instanceof Reply.Failed failed) {
        throw new StartFailure("lease: " + failed.reason());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while reading the lease");
    }
  }

  /** Begins to look. */
  void start() {
    thread.start();
  }

  @Override
  public Standing standing(long nowNanos) {
    Standing known = standing;
    return known instanceof Standing.Leader leader
            && (successor != null || leader.validUntilNanos() - nowNanos <= 0)
        ? new Standing.Leaderless()
        : known;
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public long changes() {
    return changes.get();
  }

  @Override
  public boolean hasOthers() {
    return hasOthers;
  }

  /**
   * Ceases to lead at once, and frees the lease if that can be done in time.
   *
   * @param heir who should lead next, or empty: whoever looks first
   * @return whether it was done in time
   */
  boolean release(String heir, Duration patience) throws InterruptedException {
    successor = heir;
    if (thread.getState() == Thread.State.NEW) {
      return true;
    }
    thread.interrupt();
    return released.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A router is known to be over: if it leads, nobody need wait until its lease has run out. */
  void isOver(String holder) {
    if (!holder.equals(over)) {
      over = holder;
      thread.interrupt();
    }
  }

  private void run() {
    try {
      boolean finished = false;
      while (!finished) {
        finished = turn();
        hasOthers = elector.hasOthers(nanos.getAsLong());
        publish(elector.standing(nanos.getAsLong()));
      }
      released.countDown();
      while (!closed) {
        watch();
      }
    } catch (RuntimeException | Error e) {
      LOG.error("a bug: this router does not lead any more", e);
      publish(new Standing.Leaderless());
    } finally {
      released.countDown();
      calls.shutdownNow();
    }
  }

  /** Does one thing; returns whether it was the last. */
  private boolean turn() {
    String heir = successor;
    if (heir != null && !leaves) {
      leaves = true;
      elector.release(heir);
    }
    String gone = over;
    if (!gone.equals(told)) {
      told = gone;
      elector.isOver(gone, nanos.getAsLong());
    }
    switch (elector.next(nanos.getAsLong(), clock.instant())) {
      case Action.WaitUntil wait -> sleep(wait.nanos() - nanos.getAsLong());
      case Action.Read _ -> accept(call(store::read));
      case Action.Write write -> accept(call(() -> store.write(write.record(), write.version())));
      case Action.Finished _ -> {
        return true;
      }
    }
    return false;
  }

  /** Who has left may have to be told for a while who leads now. */
  private void watch() {
    sleep(times.retryPeriod().toNanos());
    if (!closed) {
      Reply reply = call(store::read);
      elector.watched(reply, nanos.getAsLong());
      publish(elector.standing(nanos.getAsLong()));
    }
  }

  private void sleep(long length) {
    try {
      TimeUnit.NANOSECONDS.sleep(length);
    } catch (InterruptedException e) {
      // it is to leave; the next turn sees it
    }
  }

  private Reply call(Callable<Reply> question) {
    if (isBusy) {
      return new Reply.Failed("the call before has not ended yet");
    }
    Future<Reply> answer =
        calls.submit(
            () -> {
              isBusy = true;
              try {
                return question.call();
              } finally {
                isBusy = false;
              }
            });
    return await(answer, nanos.getAsLong() + times.requestTimeout().toNanos());
  }

  private Reply await(Future<Reply> answer, long until) {
    while (true) {
      try {
        return answer.get(until - nanos.getAsLong(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        answer.cancel(true);
        return new Reply.Failed("no answer (expected: within " + times.requestTimeout() + ")");
      } catch (ExecutionException e) {
        LOG.error("a bug: the lease was asked in vain", e.getCause());
        return new Reply.Failed(String.valueOf(e.getCause()));
      } catch (InterruptedException e) {
        // it is to leave: after what is under way
      }
    }
  }

  private void accept(Reply reply) {
    long now = nanos.getAsLong();
    elector.accept(reply, now);
    trouble.heard(reply, now);
  }

  private void publish(Standing now) {
    Standing before = standing;
    if (now.equals(before)) {
      return;
    }
    standing = now;
    boolean led = before instanceof Standing.Leader;
    switch (now) {
      case Standing.Leader leader -> {
        if (!(before instanceof Standing.Leader old && old.term() == leader.term())) {
          changes.addAndGet(led ? 2 : 1);
          LOG.info("{} leads in term {}", self, leader.term());
        }
      }
      case Standing.Follower follower -> {
        changes.addAndGet(led ? 1 : 0);
        LOG.info("{} leads in term {}", follower.holder(), follower.term());
      }
      case Standing.Leaderless _ -> {
        changes.addAndGet(led ? 1 : 0);
        LOG.info("{}", led ? self + " does not lead any more" : "nobody is known to lead");
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    successor = "";
    thread.interrupt();
  }
}
