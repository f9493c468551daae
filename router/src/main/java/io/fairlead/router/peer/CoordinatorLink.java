package io.fairlead.router.peer;

import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.model.Address;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A router's conversation with its coordinator, begun anew for as long as there is one. Runs on the
 * loop.
 *
 * <pre>
 * IDLE     --follow--> ASKING
 * ASKING   --hello comes--> TALKING
 * ASKING, TALKING --failure, silence--> WAITING, a time that grows and is drawn
 * WAITING  --time--> ASKING
 * any      --follow another--> ASKING, at once
 * any      --follow nobody, close--> IDLE
 * </pre>
 *
 * <p>Who follows nobody any more may be the heir of the last coordinator, whose table is still on
 * its way: that conversation is listened to for a while, for that alone.
 */
public final class CoordinatorLink implements AutoCloseable {
  private static final long LOOK_MILLIS = 250;

  private final Hello self;
  private final PeerNetwork network;
  private final SslContext tls;
  private final LongSupplier nanos;
  private final CoordinatorListener listener;
  private final BackOff backOff;
  private final ScheduledFuture<?> look;

  private @Nullable PeerName coordinator;
  private @Nullable LinkAttempt attempt; // ASKING, TALKING
  private @Nullable LinkAttempt former; // while its table may come
  private @Nullable ScheduledFuture<?> again; // WAITING

  /**
   * Makes one that is idle.
   *
   * @param self the address of this router
   * @param tls for clients; proves who this router is
   */
  public CoordinatorLink(
      Address self,
      long incarnation,
      PeerNetwork network,
      SslContext tls,
      LongSupplier nanos,
      SplittableRandom random,
      CoordinatorListener listener) {
    this.self = Hello.of(self, incarnation);
    this.network = network;
    this.tls = tls;
    this.nanos = nanos;
    this.listener = listener;
    this.backOff = new BackOff(random);
    this.look =
        network
            .loop()
            .scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Reports to that life of a router from now on; null for nobody. */
  public void follow(@Nullable PeerName name) {
    if (Objects.equals(name, coordinator)) {
      return;
    }
    endFormer();
    if (name == null && attempt != null && attempt.isTalking()) {
      former = attempt;
      attempt = null;
    }
    end();
    coordinator = name;
    backOff.reset();
    if (name != null) {
      ask(name);
    }
  }

  private void ask(PeerName name) {
    again = null;
    attempt = new LinkAttempt(this, name, nanos.getAsLong());
    attempt.begin();
  }

  private void end() {
    if (again != null) {
      again.cancel(false);
      again = null;
    }
    LinkAttempt last = attempt;
    attempt = null;
    if (last != null) {
      last.end("another coordinator");
    }
  }

  private void endFormer() {
    LinkAttempt last = former;
    former = null;
    if (last != null) {
      last.end("another coordinator");
    }
  }

  private void look() {
    if (former != null && former.isOverdue(nanos.getAsLong())) {
      endFormer();
    }
    LinkAttempt now = attempt;
    if (now != null && now.isOverdue(nanos.getAsLong())) {
      failed(now, "not heard any more");
    }
  }

  /** Returns whether it was sent: not if there is no connection, or it can take no more. */
  public boolean send(Heartbeat heartbeat) {
    return attempt != null && attempt.send(heartbeat);
  }

  /** Returns whether the coordinator can be reported to. */
  public boolean isConnected() {
    return attempt != null && attempt.isTalking();
  }

  Hello self() {
    return self;
  }

  PeerNetwork network() {
    return network;
  }

  SslContext tls() {
    return tls;
  }

  long nowNanos() {
    return nanos.getAsLong();
  }

  void opened(LinkAttempt from) {
    if (from == attempt) {
      backOff.reset();
      listener.connected();
    }
  }

  void heard(LinkAttempt from, Message message) {
    if (from == former && message instanceof Message.HandedOver handed) {
      listener.handedOver(handed.handover());
    }
    if (from != attempt) {
      return;
    }
    switch (message) {
      case Message.Answered answered -> listener.answered(answered.answer());
      case Message.HandedOver handed -> listener.handedOver(handed.handover());
      case Message.Unreadable unreadable -> failed(from, unreadable.detail());
      case Message.Greeting _, Message.Report _ -> failed(from, "not what a coordinator says");
      case Message.Skipped _ -> {}
    }
  }

  void failed(LinkAttempt from, String why) {
    if (from == former) {
      endFormer();
      return;
    }
    PeerName name = coordinator;
    if (from != attempt || name == null) {
      return;
    }
    attempt = null;
    from.end(why);
    again = network.loop().schedule(() -> ask(name), backOff.nextNanos(), TimeUnit.NANOSECONDS);
    listener.lost(why);
  }

  @Override
  public void close() {
    look.cancel(false);
    follow(null);
    endFormer();
  }
}
