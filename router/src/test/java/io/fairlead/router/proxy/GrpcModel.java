package io.fairlead.router.proxy;

import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** A model that speaks gRPC, made of grpc-java: echoes, streams, counts and fails. */
final class GrpcModel implements Closeable {
  static final int MOST_BYTES = 8 << 20;

  static final MethodDescriptor<byte[], byte[]> ECHO = method(UNARY, "Echo");
  static final MethodDescriptor<byte[], byte[]> FAIL = method(UNARY, "Fail");

  /** Never answers. */
  static final MethodDescriptor<byte[], byte[]> HOLD = method(UNARY, "Hold");

  /** Answers as many messages as the request says. */
  static final MethodDescriptor<byte[], byte[]> COUNT = method(SERVER_STREAMING, "Count");

  /** Answers one message and then no more. */
  static final MethodDescriptor<byte[], byte[]> HANG = method(SERVER_STREAMING, "Hang");

  /** Answers how many bytes came in all. */
  static final MethodDescriptor<byte[], byte[]> SUM = method(CLIENT_STREAMING, "Sum");

  static final MethodDescriptor<byte[], byte[]> TALK = method(BIDI_STREAMING, "Talk");

  static final Metadata.Key<String> NOTE = key("note");

  final BlockingQueue<Metadata> heads = new LinkedBlockingQueue<>();

  /** The calls that have come in whole and whose end will be noted, by name. */
  final BlockingQueue<String> held = new LinkedBlockingQueue<>();

  final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
  private final Server server;

  private GrpcModel() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .maxInboundMessageSize(MOST_BYTES)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .addService(ServerInterceptors.intercept(service(), new Noting()))
            .build()
            .start();
  }

  static GrpcModel start() throws IOException {
    return new GrpcModel();
  }

  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static MethodDescriptor<byte[], byte[]> method(
      MethodDescriptor.MethodType type, String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName("test.Model/" + name)
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Model")
        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcModel::answer))
        .addMethod(
            FAIL,
            ServerCalls.asyncUnaryCall(
                (request, caller) -> {
                  var trailers = new Metadata();
                  trailers.put(NOTE, "why");
                  caller.onError(
                      Status.FAILED_PRECONDITION
                          .withDescription("über 100%")
                          .asRuntimeException(trailers));
                }))
        .addMethod(
            HOLD, ServerCalls.asyncUnaryCall((request, caller) -> noteCancel("hold", caller)))
        .addMethod(
            COUNT,
            ServerCalls.asyncServerStreamingCall(
                (request, caller) -> {
                  for (int i = 0; i < Integer.parseInt(new String(request, UTF_8)); i++) {
                    caller.onNext(("" + i).getBytes(UTF_8));
                  }
                  caller.onCompleted();
                }))
        .addMethod(
            HANG,
            ServerCalls.asyncServerStreamingCall(
                (request, caller) -> {
                  noteCancel("hang", caller);
                  caller.onNext(request);
                }))
        .addMethod(SUM, ServerCalls.asyncClientStreamingCall(GrpcModel::sum))
        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(this::talk))
        .build();
  }

  private static void answer(byte[] request, StreamObserver<byte[]> caller) {
    caller.onNext(request);
    caller.onCompleted();
  }

  private void noteCancel(String what, StreamObserver<byte[]> caller) {
    ((ServerCallStreamObserver<byte[]>) caller).setOnCancelHandler(() -> cancelled.add(what));
    held.add(what);
  }

  private static StreamObserver<byte[]> sum(StreamObserver<byte[]> caller) {
    return new StreamObserver<>() {
      private long sum;

      @Override
      public void onNext(byte[] value) {
        sum += value.length;
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        answer(("" + sum).getBytes(UTF_8), caller);
      }
    };
  }

  private StreamObserver<byte[]> talk(StreamObserver<byte[]> caller) {
    noteCancel("talk", caller);
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] value) {
        caller.onNext(value);
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        caller.onCompleted();
      }
    };
  }

  /** Notes the metadata of each call, and sends some with each answer. */
  private final class Noting implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata head, ServerCallHandler<Q, A> next) {
      heads.add(head);
      return next.startCall(call, head);
    }
  }

  /** Messages are bytes. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
