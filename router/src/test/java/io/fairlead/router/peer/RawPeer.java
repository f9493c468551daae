package io.fairlead.router.peer;

import io.fairlead.router.fleet.Refusal;
import io.fairlead.router.model.Address;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A peer that says whatever a test wants, byte for byte, and keeps to nothing. */
final class RawPeer implements AutoCloseable {
  private static final MethodDescriptor<byte[], Message> EXCHANGE =
      MethodDescriptor.newBuilder(new Bytes(), new CoordinatorWire())
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(Peering.EXCHANGE.getFullMethodName())
          .build();

  final List<Message> heard = new CopyOnWriteArrayList<>();
  final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final ManagedChannel channel;
  private final ClientCall<byte[], Message> call;

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }

  RawPeer(Address server, SslContext tls, EventLoopGroup group) {
    channel =
        NettyChannelBuilder.forAddress(new InetSocketAddress(server.host(), server.port()))
            .channelType(NioSocketChannel.class)
            .eventLoopGroup(group)
            .sslContext(tls)
            .overrideAuthority("localhost")
            .build();
    call = channel.newCall(EXCHANGE, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(Message message) {
            heard.add(message);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
  }

  RawPeer say(byte[] bytes) {
    call.sendMessage(bytes);
    return this;
  }

  RawPeer say(Message message) {
    try (InputStream bytes = new RouterWire().stream(message)) {
      return say(bytes.readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  RawPeer hello(String router, long incarnation) {
    return say(
        new Message.Greeting(Hello.of(Objects.requireNonNull(Address.parse(router)), incarnation)));
  }

  Status.Code end() throws Exception {
    return ended.get(10, TimeUnit.SECONDS).getCode();
  }

  /** Returns why it was refused; null if it was not told. */
  Refusal.@Nullable Reason refused() throws Exception {
    end();
    for (Message message : heard) {
      if (message instanceof Message.Answered answered
          && answered.answer() instanceof Refusal refusal) {
        return refusal.reason();
      }
    }
    return null;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
