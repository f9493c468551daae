package io.fairlead.router.proxy;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.dispatch.Outcome;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.dispatch.SlotHolder;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a slot is used for: the exchange that wants the response, if it still does, and the permit,
 * which is released exactly once. Says what it means for the exchange that the use has ended.
 */
final class SlotUse implements ResponseReader.Parts, SlotHolder {
  private final Loop loop;
  private final Upstream upstream;
  private final Replica replica;
  private @Nullable Exchange owner;
  private @Nullable Permit permit;
  private boolean timedOut;

  SlotUse(Loop loop, Upstream upstream, Replica replica) {
    this.loop = loop;
    this.upstream = upstream;
    this.replica = replica;
  }

  /** Begins with a slot for {@code newOwner}'s request. */
  void begin(Exchange newOwner, Permit slot) {
    owner = newOwner;
    permit = slot;
    timedOut = false;
    slot.heldBy(this);
  }

  /** Returns who wants the response; null if nobody does. */
  @Nullable Exchange owner() {
    return owner;
  }

  /** Nobody wants the response any more, perhaps because the model was too slow. */
  void leave(boolean isTooLate) {
    owner = null;
    timedOut |= isTooLate;
  }

  // ---- for whoever watches over slots

  @Override
  public void check(Permit asked) {
    loop.eventLoop.execute(
        () -> {
          if (permit != asked || !upstream.takesSlot()) {
            asked.missed(loop.now());
          }
        });
  }

  @Override
  public void cutOff(Permit asked) {
    loop.eventLoop.execute(
        () -> {
          if (permit == asked && upstream.takesSlot()) {
            upstream.cutOff();
          }
        });
  }

  @Override
  public String condition() {
    return upstream.condition();
  }

  // ---- the response

  @Override
  public void onInformational(Head head) {
    if (owner != null) {
      owner.response.onInformational(head);
    }
  }

  @Override
  public void onHead(Head head, ByteBuf in, int count, boolean last) {
    if (owner == null) {
      in.skipBytes(count);
    } else {
      owner.response.onHead(upstream, head, in, count, last);
    }
  }

  @Override
  public void onBody(ByteBuf in, int count, boolean last) {
    if (owner == null) {
      in.skipBytes(count);
    } else {
      owner.response.onBody(upstream, in, count, last);
    }
  }

  @Override
  public void onTrailers(Head trailers) {
    if (owner != null) {
      owner.response.onTrailers(trailers);
    }
  }

  // ---- the end

  /** Ends without a failure to tell of; what came too late counts as too late. */
  void release(Outcome outcome) {
    Permit slot = requireNonNull(permit);
    permit = null;
    owner = null;
    slot.release(timedOut ? Outcome.TIMED_OUT : outcome, loop.now());
  }

  /** Ends because there is no connection. */
  void connectFailed(String why) {
    fail(
        Outcome.CONNECT_FAILED,
        RouterError.UPSTREAM_CONNECT_FAILED,
        true,
        "cannot connect to the model: " + why);
  }

  /** Ends because what was connected to does not speak HTTP/2. */
  void noHttp2(String why) {
    fail(
        Outcome.CONNECT_FAILED,
        RouterError.UPSTREAM_PROTOCOL_ERROR,
        true,
        "the model does not speak HTTP/2: "
            + why
            + " (expected: HTTP/2 with prior knowledge, as its deployment says protocol: h2c)");
  }

  /** Ends because the model says that it has not looked at the request. */
  void refused() {
    fail(Outcome.RESET, RouterError.UPSTREAM_RESET, true, "the model refused the stream");
  }

  /** Ends because the model has broken it off. */
  void reset(String error) {
    fail(Outcome.RESET, RouterError.UPSTREAM_RESET, false, "the model reset the stream: " + error);
  }

  /** Ends because what came is no response. */
  void malformed(String detail) {
    fail(
        Outcome.RESET,
        RouterError.UPSTREAM_PROTOCOL_ERROR,
        false,
        "the model's response is malformed: " + detail);
  }

  /** Ends because the connection is gone, with the request on it. */
  void lost(boolean responseHasBegun) {
    fail(
        Outcome.RESET,
        RouterError.UPSTREAM_RESET,
        false,
        responseHasBegun
            ? "the model closed the connection before the end of its response"
            : "the model closed the connection without a response");
  }

  /**
   * Ends because the connection was dead before the request was on it: the request is sent again
   * with the same slot, if that is allowed.
   */
  void stale() {
    Exchange told = owner;
    Permit slot = requireNonNull(permit);
    long now = loop.now();
    if (told != null && told.attempts.mayRepeat() && slot.tryRetryHere(now)) {
      owner = null;
      permit = null;
      told.attempts.onStale(slot, now);
    } else {
      fail(
          Outcome.CANCELLED,
          RouterError.UPSTREAM_RESET,
          false,
          "the model closed the connection before the request was sent");
    }
  }

  /** Ends because others may use the slot from now on. */
  void cutOff() {
    fail(
        Outcome.CANCELLED,
        RouterError.UPSTREAM_RESET,
        false,
        "the lease of the slot ended long ago and was not renewed");
  }

  private void fail(Outcome outcome, RouterError error, boolean unseen, String detail) {
    Exchange told = owner;
    release(outcome);
    if (told != null) {
      told.attempts.onFailed(error, replica, unseen, detail);
    }
  }
}
