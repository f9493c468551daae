package io.fairlead.router.proxy;

import io.fairlead.router.dispatch.Load;
import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.Rejected;
import io.fairlead.router.dispatch.Ticket;
import io.fairlead.router.dispatch.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's place in the queue for a slot. Another loop may grant it at any moment, also while
 * it is being given up here; such a permit goes back as soon as it arrives.
 */
final class SlotWait implements Waiter {
  private final Exchange exchange;
  private final ExchangeClock clock;
  private final Loop loop;
  private @Nullable Ticket ticket;
  private boolean grantIsComing;
  private long askedNanos;

  SlotWait(Exchange exchange, ExchangeClock clock, Loop loop) {
    this.exchange = exchange;
    this.clock = clock;
    this.loop = loop;
  }

  /** Asks for a slot: {@link Exchange#onSlot} follows, at once or later, or a refusal. */
  void ask(long now) {
    RequestRoute route = exchange.route;
    askedNanos = now;
    switch (exchange.observed.ask(route.dispatcher(), this, exchange.deadline.nanos(), now)) {
      case Permit permit -> exchange.onSlot(permit, now);
      case Rejected rejected ->
          exchange.refuse(
              rejected.refusal(route.target().deployment(), exchange.deadline.totalMillis()),
              rejected.load(),
              now);
      case Ticket place -> {
        ticket = place;
        exchange.enter(Exchange.State.QUEUED);
        clock.awaitSlot(place.patienceNanos());
        exchange.pauseBody();
      }
    }
  }

  /** No slot became free in time; unless one is just being granted. */
  void onTimeout(long now) {
    if (leaveUnlessGranted(now)) {
      Load load = exchange.observed.load(now);
      exchange.refuse(ErrorAnswers.queueTimeout(load, now - askedNanos), load, now);
    }
  }

  /** The caller waits no longer, for a slot or until it could have asked for one. */
  void onDeadline(long now) {
    if (ticket == null || leaveUnlessGranted(now)) {
      refuseLate(now);
    } // else the slot that is on its way goes back when it comes
  }

  private void refuseLate(long now) {
    Load load = exchange.observed.load(now);
    exchange.refuse(ErrorAnswers.deadlinePassed(exchange.deadline), load, now);
  }

  private boolean leaveUnlessGranted(long now) {
    if (ticket == null || !ticket.cancel(now)) {
      return false;
    }
    ticket = null;
    return true;
  }

  /** Gives the place up, if there is one; returns false if a slot is on its way all the same. */
  boolean leave(long now) {
    if (ticket != null) {
      grantIsComing = !ticket.cancel(now);
      ticket = null;
    }
    return !grantIsComing;
  }

  @Override
  public void granted(Permit permit) {
    if (loop.eventLoop.inEventLoop()) {
      take(permit);
    } else {
      loop.eventLoop.execute(() -> take(permit));
    }
  }

  @Override
  public void turnedAway(Ticket place) {
    if (loop.eventLoop.inEventLoop()) {
      refuse(place);
    } else {
      loop.eventLoop.execute(() -> refuse(place));
    }
  }

  private void refuse(Ticket place) {
    if (place == ticket) { // else it was given up meanwhile, and this may be for another request
      ticket = null;
      long now = loop.now();
      Load load = exchange.observed.load(now);
      exchange.refuse(ErrorAnswers.queuesFull(), load, now);
    }
  }

  private void take(Permit permit) {
    long now = loop.now();
    if (grantIsComing) {
      grantIsComing = false;
      permit.release(Outcome.CANCELLED, now);
      loop.recycle(exchange);
      return;
    }
    ticket = null;
    if (exchange.deadline.hasPassed(now)) {
      permit.release(Outcome.CANCELLED, now);
      refuseLate(now);
    } else {
      exchange.onSlot(permit, now);
    }
  }
}
