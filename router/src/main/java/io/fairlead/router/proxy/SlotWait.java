package io.fairlead.router.proxy;

import io.fairlead.router.dispatch.DispatchResult;
import io.fairlead.router.dispatch.Dispatcher;
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
  private final Loop loop;
  private @Nullable Ticket ticket;
  private boolean grantIsComing;

  SlotWait(Exchange exchange, Loop loop) {
    this.exchange = exchange;
    this.loop = loop;
  }

  /**
   * Asks for a slot, and waits until {@code deadlineNanos} if there is none; then {@link
   * Exchange#onSlot} follows.
   *
   * @return the slot, or null if it waits
   */
  @Nullable DispatchResult ask(Dispatcher dispatcher, long deadlineNanos, long now) {
    DispatchResult result = dispatcher.acquire(this, deadlineNanos, now);
    return switch (result) {
      case Ticket place -> {
        ticket = place;
        yield null;
      }
      case Permit _, Rejected _ -> result;
    };
  }

  /** Gives the place up, if there is one; returns false if a slot is on its way all the same. */
  boolean leave(long now) {
    if (ticket != null) {
      grantIsComing = !ticket.cancel(now);
      ticket = null;
    }
    return !grantIsComing;
  }

  /** Gives the place up only if no slot is on its way; returns whether it did. */
  boolean leaveUnlessGranted(long now) {
    if (ticket == null || !ticket.cancel(now)) {
      return false;
    }
    ticket = null;
    return true;
  }

  @Override
  public void granted(Permit permit) {
    if (loop.eventLoop.inEventLoop()) {
      take(permit);
    } else {
      loop.eventLoop.execute(() -> take(permit));
    }
  }

  private void take(Permit permit) {
    if (grantIsComing) {
      grantIsComing = false;
      permit.release(Outcome.CANCELLED, loop.now());
      loop.recycle(exchange);
    } else {
      ticket = null;
      exchange.onSlot(permit, loop.now());
    }
  }
}
