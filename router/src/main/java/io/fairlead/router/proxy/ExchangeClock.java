package io.fairlead.router.proxy;

import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RequestSettings;

/**
 * The one clock of an exchange: it waits for one thing at a time, and knows what its lateness
 * means. Whatever it waits for, it waits no longer than the caller does.
 *
 * <p>An exchange has one; its owner says what it waits for whenever that changes.
 */
final class ExchangeClock extends Timeout {
  private enum Awaited {
    NOTHING,
    /** More of the request's body, at the slowest rate allowed. */
    BODY,
    /** More of the request's body, at whatever rate. */
    UPLOAD,
    SLOT,
    /** A connection, which has a time limit of its own. */
    CONNECTION,
    /** The model takes more of the body, or answers, or goes on with a streamed answer. */
    MODEL,
    /** The same, until another replica is asked too. */
    MODEL_ALONE,
    /** The caller takes some of the response. */
    CALLER
  }

  private final Exchange exchange;
  private final TimerWheel timers;
  private final Limits.Body limits;

  private Awaited awaited = Awaited.NOTHING;
  private long limitNanos;
  private long bodyStartNanos;
  private long bodyStartBytes;
  private long modelDeadlineNanos;
  private long pausedNanos;
  private boolean bodyIsPaused;
  private long unsentBytes;

  ExchangeClock(Exchange exchange, Loop loop) {
    this.exchange = exchange;
    this.timers = loop.timers;
    this.limits = loop.settings.limits().body();
  }

  /** Waits for nothing. */
  void stop() {
    awaited = Awaited.NOTHING;
    TimerWheel.disarm(this);
  }

  private void arm(long untilNanos) {
    limitNanos = untilNanos;
    timers.arm(this, exchange.deadline.orEarlier(untilNanos));
  }

  /** Waits for the caller's body, which is no slower than the slowest rate from here on. */
  void awaitBody(long now) {
    awaited = Awaited.BODY;
    bodyStartNanos = now;
    bodyStartBytes = exchange.body.received();
    arm(now + limits.rateGrace().toNanos());
  }

  /** Waits for the caller's body, which may be slow but not silent: it holds a slot already. */
  void awaitUpload(long now) {
    awaited = Awaited.UPLOAD;
    arm(now + limits.streamIdle().toNanos());
  }

  boolean isAwaitingUpload() {
    return awaited == Awaited.UPLOAD;
  }

  /** Waits for a slot. */
  void awaitSlot(long untilNanos) {
    awaited = Awaited.SLOT;
    arm(untilNanos);
  }

  /** Waits for a connection. */
  void awaitConnection() {
    stop();
    if (exchange.deadline.isSet()) {
      awaited = Awaited.CONNECTION;
      arm(Long.MAX_VALUE);
    }
  }

  /** Waits for the model, as long as one request may take. */
  void awaitModel(RequestSettings settings, long now) {
    awaitModel(now + settings.requestTimeout().toNanos());
  }

  /** Goes on waiting for the model; but from {@code atNanos} on not for it alone. */
  void awaitHedge(long atNanos) {
    if (atNanos < modelDeadlineNanos) {
      awaited = Awaited.MODEL_ALONE;
      arm(atNanos);
    }
  }

  /** Waits for more of a streamed answer. */
  void awaitStream(long now) {
    awaitModel(now + limits.streamIdle().toNanos());
  }

  boolean isAwaitingModel() {
    return awaited == Awaited.MODEL;
  }

  /** The request goes on while the answer streams: neither side is idle. */
  void streamGoesOn(long now) {
    if (awaited == Awaited.MODEL) {
      awaitStream(now);
    }
  }

  private void awaitModel(long untilNanos) {
    awaited = Awaited.MODEL;
    modelDeadlineNanos = untilNanos;
    arm(untilNanos);
  }

  /** The caller takes no more for now; until it does, everybody else's time stands still. */
  void awaitCaller(Downstream caller, long now) {
    bodyIsPaused = awaited == Awaited.BODY;
    awaited = Awaited.CALLER;
    exchange.observed.phases.answerFlows(false, now);
    pausedNanos = now;
    unsentBytes = caller.unsentBytes();
    arm(now + limits.writeStall().toNanos());
  }

  boolean isAwaitingCaller() {
    return awaited == Awaited.CALLER;
  }

  /** The caller takes more again: the time of whoever was awaited goes on. */
  void callerIsBack(long now) {
    exchange.observed.phases.answerFlows(true, now);
    if (bodyIsPaused) {
      awaitBody(now);
    } else {
      awaitModel(modelDeadlineNanos + now - pausedNanos);
    }
  }

  @Override
  void expired(long now) {
    if (exchange.deadline.nanos() < limitNanos) {
      exchange.onDeadline(now);
      return;
    }
    switch (awaited) {
      case BODY -> checkRate(now);
      case UPLOAD -> exchange.refuse(ErrorAnswers.bodyStalled(limits), null, now);
      case SLOT -> exchange.slot.onTimeout(now);
      case MODEL -> exchange.onModelTimeout(now);
      case MODEL_ALONE -> {
        awaitModel(modelDeadlineNanos);
        exchange.attempts.onSlow(now);
      }
      case CALLER -> checkStall(now);
      case CONNECTION, NOTHING -> {}
    }
  }

  private void checkRate(long now) {
    long seconds = (now - bodyStartNanos) / 1_000_000_000L;
    if (exchange.body.received() - bodyStartBytes < seconds * limits.minBytesPerSecond()) {
      exchange.refuse(ErrorAnswers.bodyTimeout(limits), null, now);
    } else {
      arm(now + 1_000_000_000L);
    }
  }

  private void checkStall(long now) {
    long unsent = exchange.downstream().unsentBytes();
    if (unsent >= unsentBytes) {
      exchange.onCallerStalled();
    } else {
      unsentBytes = unsent;
      arm(now + limits.writeStall().toNanos());
    }
  }
}
