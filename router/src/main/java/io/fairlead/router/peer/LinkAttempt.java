package io.fairlead.router.peer;

import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Refusal;
import io.fairlead.router.model.Address;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a coordinator and the conversation on it, from asking to the end. Runs on the
 * loop.
 */
final class LinkAttempt extends ClientCall.Listener<Message> {
  /** No host is looked up or compared: certificates are judged by {@link PeerProof}. */
  private static final String AUTHORITY = "fairlead-peer";

  private static final int CONNECT_MILLIS = 1_000;
  private static final long HELLO_NANOS = 3_000_000_000L;

  /** Each report is answered; so long without an answer is fifteen reports. */
  private static final long SILENCE_NANOS = 3_000_000_000L;

  private final CoordinatorLink link;
  private final PeerName coordinator;
  private final ManagedChannel channel;
  private final ClientCall<Message, Message> call;

  private boolean talking;
  private boolean ended;
  private long sinceNanos;

  LinkAttempt(CoordinatorLink link, PeerName coordinator, long nowNanos) {
    Address address = coordinator.address();
    this.link = link;
    this.coordinator = coordinator;
    this.sinceNanos = nowNanos;
    this.channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port()))
            .channelFactory(link.network().clientChannels())
            .eventLoopGroup(link.network().loop())
            .directExecutor()
            .offloadExecutor(Runnable::run)
            .sslContext(link.tls())
            .overrideAuthority(AUTHORITY)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .maxInboundMessageSize(Peering.MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(Peering.MAX_METADATA_BYTES)
            .disableRetry()
            .disableServiceConfigLookUp()
            .build();
    this.call = channel.newCall(Peering.EXCHANGE, CallOptions.DEFAULT);
  }

  void begin() {
    call.start(this, new Metadata());
    call.request(1);
    call.sendMessage(new Message.Greeting(link.self()));
  }

  boolean isTalking() {
    return talking;
  }

  boolean isOverdue(long nowNanos) {
    return nowNanos - sinceNanos > (talking ? SILENCE_NANOS : HELLO_NANOS);
  }

  boolean send(Heartbeat heartbeat) {
    if (!talking || ended || !call.isReady()) {
      return false;
    }
    call.sendMessage(new Message.Report(heartbeat));
    return true;
  }

  @Override
  public void onMessage(Message message) {
    if (ended) {
      return;
    }
    sinceNanos = link.nowNanos();
    if (talking) {
      link.heard(this, message);
    } else {
      greeted(message);
    }
    if (!ended) {
      call.request(1);
    }
  }

  private void greeted(Message message) {
    if (message instanceof Message.Greeting greeting) {
      String fault = fault(greeting.hello());
      if (fault == null) {
        talking = true;
        link.opened(this);
      } else {
        link.failed(this, fault);
      }
    } else if (message instanceof Message.Answered answered
        && answered.answer() instanceof Refusal refusal) {
      link.failed(this, refusal.reason() + ": " + refusal.detail());
    } else {
      link.failed(this, "hello: missing (expected: first)");
    }
  }

  private @Nullable String fault(Hello hello) {
    if (link.self().common(hello) == 0) {
      return "protocol: %d to %d (expected: one of %d to %d)"
          .formatted(hello.oldest(), hello.newest(), link.self().oldest(), link.self().newest());
    }
    Address address = coordinator.address();
    if (!hello.router().equals(address)) {
      return "router: " + hello.router() + " (expected: " + address + ")";
    }
    if (hello.incarnation() != coordinator.incarnation()) {
      return "router: another life of " + address + " (expected: the one that leads)";
    }
    PeerProof proof = PeerProof.of(call.getAttributes());
    if (proof == null || !proof.covers(address)) {
      return "certificate: of another router (expected: one for " + address.host() + ")";
    }
    return null;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (!ended) {
      link.failed(this, why(status));
    }
  }

  private static String why(Status status) {
    var text = new StringBuilder(status.getCode().toString());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    if (status.getCause() != null) {
      text.append(": ").append(status.getCause().getMessage());
    }
    return text.toString();
  }

  void end(String why) {
    if (!ended) {
      ended = true;
      call.cancel(why, null);
      channel.shutdownNow();
    }
  }
}
