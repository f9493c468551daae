package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Grants;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Refusal;
import io.fairlead.router.model.Address;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that another router has begun.
 *
 * <pre>
 * SILENT --hello--> OPEN --report--> OPEN
 * any    --cut, ended by the other side--> CLOSED
 * </pre>
 *
 * <p>The next message is asked for when this one is dealt with, so that one of each peer is in
 * memory. Runs on the loop.
 */
final class PeerStream extends ServerCall.Listener<Message> implements Peer {
  private enum State {
    SILENT,
    OPEN,
    CLOSED
  }

  private final ServerCall<Message, Message> call;
  private final @Nullable PeerProof proof;
  private final PeerStreams streams;
  private final Pace pace;

  private State state = State.SILENT;
  private long heardNanos;
  private @Nullable Hello hello;
  private @Nullable Grants waiting;

  PeerStream(ServerCall<Message, Message> call, PeerStreams streams, long nowNanos) {
    this.call = call;
    this.proof = PeerProof.of(call.getAttributes());
    this.streams = streams;
    this.pace = new Pace(nowNanos);
    this.heardNanos = nowNanos;
  }

  /** Lets the first message come. */
  PeerStream begin() {
    call.sendHeaders(new Metadata());
    call.request(1);
    return this;
  }

  @Override
  public void onMessage(Message message) {
    if (state == State.CLOSED) {
      return;
    }
    heardNanos = streams.nowNanos();
    int cost = message instanceof Message.Report report ? Pace.cost(report.heartbeat()) : 1;
    if (!pace.allows(cost, heardNanos)) {
      streams.flooded(this);
      cut(Cut.FLOOD, "more than " + Pace.PER_SECOND + " messages a second");
      return;
    }
    switch (message) {
      case Message.Greeting greeting -> greeted(greeting.hello());
      case Message.Report report -> reported(report.heartbeat());
      case Message.Unreadable unreadable -> cut(Cut.MALFORMED, unreadable.detail());
      case Message.Skipped _ -> {}
      case Message.Answered _, Message.HandedOver _ ->
          cut(Cut.MALFORMED, "a coordinator's message (expected: a router's)");
    }
    if (state != State.CLOSED) {
      call.request(1);
    }
  }

  private void greeted(Hello said) {
    if (state != State.SILENT) {
      cut(Cut.MALFORMED, "hello: a second one (expected: one, at the beginning)");
      return;
    }
    hello = said;
    PeerStreams.Admission admission = streams.admit(this, said);
    if (admission.cut() != null) {
      cut(admission.cut(), admission.detail());
      return;
    }
    state = State.OPEN;
    call.sendMessage(new Message.Greeting(streams.self()));
    streams.opened(this);
  }

  private void reported(Heartbeat heartbeat) {
    if (state != State.OPEN) {
      cut(Cut.NO_HELLO, "a report (expected: hello first)");
    } else if (!heartbeat.router().equals(router())
        || heartbeat.incarnation() != hello().incarnation()) {
      cut(Cut.IMPOSTOR, "router: another one than said hello (expected: " + router() + ")");
    } else {
      streams.heard(this, heartbeat);
    }
  }

  /** Ends the conversation, after saying why. */
  void cut(Cut cut, String detail) {
    if (state == State.CLOSED) {
      return;
    }
    if (call.isReady()) {
      call.sendMessage(new Message.Answered(new Refusal(cut.reason(), 0, detail)));
    }
    boolean wasOpen = state == State.OPEN;
    state = State.CLOSED;
    waiting = null;
    call.close(status(cut).withDescription(detail), new Metadata());
    streams.cut(this, cut, detail, wasOpen);
  }

  private static Status status(Cut cut) {
    return switch (cut) {
      case NO_HELLO, MALFORMED -> Status.INVALID_ARGUMENT;
      case VERSION -> Status.FAILED_PRECONDITION;
      case CERTIFICATE, IMPOSTOR -> Status.PERMISSION_DENIED;
      case DUPLICATE, REPLACED -> Status.ALREADY_EXISTS;
      case TOO_MANY, FLOOD -> Status.RESOURCE_EXHAUSTED;
      case SILENT -> Status.DEADLINE_EXCEEDED;
      case CLOSING -> Status.UNAVAILABLE;
    };
  }

  @Override
  public void onHalfClose() {
    if (state != State.CLOSED) {
      gone();
      call.close(Status.OK, new Metadata());
    }
  }

  @Override
  public void onCancel() {
    gone();
  }

  private void gone() {
    if (state != State.CLOSED) {
      boolean wasOpen = state == State.OPEN;
      state = State.CLOSED;
      waiting = null;
      streams.gone(this, wasOpen);
    }
  }

  @Override
  public void onReady() {
    Grants last = waiting;
    if (last != null && state == State.OPEN) {
      waiting = null;
      send(last);
    }
  }

  @Override
  public void send(Answer answer) {
    if (state != State.OPEN) {
      return;
    }
    if (call.isReady()) {
      call.sendMessage(new Message.Answered(answer));
    } else if (answer instanceof Grants grants) {
      waiting = grants;
    }
  }

  @Override
  public void send(Handover handover) {
    if (state == State.OPEN) {
      call.sendMessage(new Message.HandedOver(handover));
    }
  }

  @Override
  public String router() {
    return address().toString();
  }

  @Override
  public PeerName name() {
    return new PeerName(address(), hello().incarnation());
  }

  Address address() {
    return hello().router();
  }

  private Hello hello() {
    if (hello == null) {
      throw new IllegalStateException("has not said hello");
    }
    return hello;
  }

  boolean hasSaidHello() {
    return hello != null;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  @Nullable PeerProof proof() {
    return proof;
  }

  long silentNanos(long nowNanos) {
    return nowNanos - heardNanos;
  }

  /** Says whose it is. */
  @Override
  public String toString() {
    return hello == null ? "somebody" : router();
  }
}
