package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Grants;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Lessee;
import io.fairlead.router.fleet.Refusal;
import io.fairlead.router.fleet.Slots;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this router does for itself: reports to the coordinator, be it this router too, and follows
 * what that grants. Runs on the loop.
 */
final class Reporting implements CoordinatorListener {
  private static final Logger LOG = LoggerFactory.getLogger(Reporting.class);
  private static final int IN_A_ROW = 4;

  private final Lessee lessee;
  private final PeerNetwork network;
  private final LongSupplier nanos;
  private final Coordination itself;
  private final Consumer<Handover> heir;
  private final Runnable granted;

  private @Nullable CoordinatorLink link;
  private boolean isItself;
  private @Nullable PeerName coordinator;
  private boolean connected;
  private long changedNanos;
  private @Nullable ScheduledFuture<?> next;
  private long nextNanos;
  private boolean isBeating;
  private String loss = "";

  private long heartbeats;
  private long grants;
  private int slots;

  /**
   * Reports to nobody yet.
   *
   * @param itself who is reported to while this router is the coordinator
   * @param heir takes the table of a coordinator that ends
   * @param granted is told that there are slots to use
   */
  Reporting(
      Lessee lessee,
      PeerNetwork network,
      LongSupplier nanos,
      Coordination itself,
      Consumer<Handover> heir,
      Runnable granted) {
    this.lessee = lessee;
    this.network = network;
    this.nanos = nanos;
    this.itself = itself;
    this.heir = heir;
    this.granted = granted;
    this.changedNanos = nanos.getAsLong();
  }

  void begin(CoordinatorLink through) {
    link = through;
  }

  /** The coordinator of {@code epoch} is this router. */
  void followItself(PeerName self, long epoch) {
    if (isItself && lessee.epoch() == epoch) {
      return;
    }
    lessee.follow(epoch);
    isItself = true;
    coordinator = self;
    connect(null);
    turn(true);
    beatSoon();
  }

  /** The coordinator of {@code epoch} is that life of a router. */
  void follow(PeerName name, long epoch) {
    if (epoch < lessee.epoch() || (name.equals(coordinator) && epoch == lessee.epoch())) {
      return;
    }
    boolean isAnother = !name.equals(coordinator) || isItself;
    isItself = false;
    coordinator = name;
    lessee.follow(epoch);
    if (isAnother) {
      turn(false);
      connect(name);
    }
    beatSoon();
  }

  /** This router is not the coordinator any more, and does not know who is. */
  void followNobody() {
    if (isItself) {
      isItself = false;
      coordinator = null;
      turn(false);
    }
  }

  private void connect(@Nullable PeerName name) {
    if (link != null) {
      link.follow(name);
    }
  }

  private void turn(boolean nowConnected) {
    if (connected != nowConnected) {
      connected = nowConnected;
      changedNanos = nanos.getAsLong();
    }
  }

  // ---- what the coordinator says

  @Override
  public void connected() {
    LOG.info("reporting to {}", coordinator());
    loss = "";
    turn(true);
    hurry();
  }

  @Override
  public void lost(String why) {
    if (connected || !why.equals(loss)) {
      LOG.warn("cannot report to {}: {}", coordinator(), why);
    }
    loss = why;
    turn(false);
  }

  @Override
  public void answered(Answer answer) {
    switch (answer) {
      case Grants _ -> grants++;
      case Refusal refusal ->
          LOG.debug("refused by {}: {}: {}", coordinator(), refusal.reason(), refusal.detail());
    }
    lessee.answered(answer, nanos.getAsLong());
    if (answer instanceof Grants) {
      granted.run();
    }
    beatSoon();
  }

  @Override
  public void handedOver(Handover handover) {
    heir.accept(handover);
  }

  // ---- what it is told

  /** Something is worth a report before its time. */
  void hurry() {
    lessee.hurry();
    beatSoon();
  }

  /** The router is about to end. */
  void leave() {
    lessee.leave();
    beatSoon();
  }

  /**
   * Reports when it is time to, which may be now. A coordinator answers itself at once, and what it
   * is told may be worth a report again: that comes next, and after a few the loop's other work.
   */
  void beatSoon() {
    if (!connected || isBeating) {
      return;
    }
    isBeating = true;
    try {
      for (int i = 0; i < IN_A_ROW && left() <= 0; i++) {
        beat(nanos.getAsLong());
      }
    } finally {
      isBeating = false;
    }
    schedule(Math.max(left(), 1_000));
  }

  private long left() {
    return lessee.nextHeartbeatNanos() - nanos.getAsLong();
  }

  private void schedule(long delayNanos) {
    long at = nanos.getAsLong() + delayNanos;
    ScheduledFuture<?> pending = next;
    if (pending != null) {
      if (nextNanos - at <= 0) {
        return;
      }
      pending.cancel(false);
    }
    nextNanos = at;
    next = network.loop().schedule(this::beatAgain, delayNanos, TimeUnit.NANOSECONDS);
  }

  private void beatAgain() {
    next = null;
    beatSoon();
  }

  private void beat(long nowNanos) {
    Heartbeat beat = lessee.heartbeat(nowNanos);
    if (beat == null) {
      return;
    }
    heartbeats++;
    slots =
        beat.deployments().stream()
            .flatMap(report -> report.replicas().stream())
            .mapToInt(Slots::slots)
            .sum();
    if (isItself) {
      answered(itself.answer(beat));
      itself.tell();
    } else if (link != null && !link.send(beat)) {
      lessee.hurry(); // what was urgent in it still is
    }
  }

  // ---- what is shown

  @Nullable String coordinator() {
    return coordinator == null ? null : coordinator.address().toString();
  }

  boolean isConnected() {
    return connected;
  }

  long sinceNanos() {
    return changedNanos;
  }

  long heartbeats() {
    return heartbeats;
  }

  long grants() {
    return grants;
  }

  int slots() {
    return slots;
  }
}
