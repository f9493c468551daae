package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fairlead.router.Soon;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.routing.HostSuffix;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** gRPC between grpc-java and grpc-java, with the router in between. */
final class GrpcTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final Metadata.Key<String> REASON = GrpcModel.key("x-fairlead-reason");

  @RegisterExtension final Stage stage = new Stage();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private @Nullable GrpcModel started;

  @BeforeEach
  void takesManyRequestsAtOnce() {
    stage.setup.h2c();
    stage.settings(0, OnClientGone.HOLD, false);
  }

  @AfterEach
  void leave() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    }
    if (started != null) {
      started.close();
    }
  }

  private GrpcModel start() throws Exception {
    GrpcModel model = GrpcModel.start();
    started = model;
    stage.start(model.address());
    return model;
  }

  private ManagedChannel channel(String authority) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), stage.port()))
            .usePlaintext()
            .overrideAuthority(authority)
            .maxInboundMessageSize(GrpcModel.MOST_BYTES)
            .build();
    channels.add(channel);
    return channel;
  }

  /** Returns a channel whose calls carry these fields, names and values. */
  private Channel channelWith(String... fields) {
    var metadata = new Metadata();
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(GrpcModel.key(fields[i]), fields[i + 1]);
    }
    return ClientInterceptors.intercept(
        channel("models.test"), MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private Channel channel() {
    return channelWith("azureml-model-endpoint", "echo");
  }

  private static byte[] call(
      Channel channel, MethodDescriptor<byte[], byte[]> method, byte[] request) {
    return ClientCalls.blockingUnaryCall(channel, method, deadline(), request);
  }

  private static CallOptions deadline() {
    return CallOptions.DEFAULT.withDeadlineAfter(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static StatusRuntimeException failure(
      Channel channel, MethodDescriptor<byte[], byte[]> method) {
    return Objects.requireNonNull(
        catchThrowableOfType(StatusRuntimeException.class, () -> call(channel, method, HELLO)));
  }

  private static void assertFails(
      Channel channel, MethodDescriptor<byte[], byte[]> method, Status.Code code, String reason) {
    StatusRuntimeException failure = failure(channel, method);
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(Objects.requireNonNull(failure.getTrailers()).get(REASON)).isEqualTo(reason);
    assertThat(failure.getStatus().getDescription()).isNotEmpty();
  }

  /** Asks on another thread, and expects what {@link #assertFails} does. */
  private CompletableFuture<Void> failsLater(
      MethodDescriptor<byte[], byte[]> method, Status.Code code, String reason) {
    Channel channel = channel();
    return CompletableFuture.runAsync(() -> assertFails(channel, method, code, reason));
  }

  // ---- kinds of calls

  @Test
  void callsAMethodByMetadata() throws Exception {
    GrpcModel model = start();
    assertThat(
            call(channelWith("azureml-model-endpoint", "echo", "a_b", "c"), GrpcModel.ECHO, HELLO))
        .isEqualTo(HELLO);
    Metadata head = model.heads.take();
    assertThat(head.get(GrpcModel.key("x-request-id"))).hasSize(36);
    assertThat(head.get(GrpcModel.key("x-forwarded-for"))).isEqualTo("127.0.0.1");
    assertThat(head.get(GrpcModel.key("a_b"))).isEqualTo("c");
    assertThat(head.get(GrpcModel.key("grpc-timeout"))).as("what is left").isNotNull();
  }

  @Test
  void callsAMethodByAuthority() throws Exception {
    stage.setup.hostSuffix = new HostSuffix("models.test");
    start();
    assertThat(call(channel("echo.models.test"), GrpcModel.ECHO, HELLO)).isEqualTo(HELLO);
    assertThat(call(channel("echo.models.test:443"), GrpcModel.ECHO, HELLO)).isEqualTo(HELLO);
    assertFails(
        channel("nobody.models.test"),
        GrpcModel.ECHO,
        Status.Code.UNIMPLEMENTED,
        "endpoint_not_found");
    assertFails(
        channel("echo.elsewhere"), GrpcModel.ECHO, Status.Code.UNIMPLEMENTED, "endpoint_not_found");
  }

  @Test
  void streamsFromTheModel() throws Exception {
    start();
    Iterator<byte[]> answers =
        ClientCalls.blockingServerStreamingCall(
            channel(), GrpcModel.COUNT, deadline(), "1000".getBytes(UTF_8));
    for (int i = 0; i < 1000; i++) {
      assertThat(new String(answers.next(), UTF_8)).isEqualTo("" + i);
    }
    assertThat(answers.hasNext()).isFalse();
  }

  @Test
  void streamsToTheModel() throws Exception {
    start();
    var talk = new Talk(channel(), GrpcModel.SUM);
    for (int i = 0; i < 100; i++) {
      talk.requests.onNext(new byte[10_000]);
    }
    talk.requests.onCompleted();
    assertThat(new String(talk.next(), UTF_8)).isEqualTo("1000000");
    assertThat(talk.end()).isEqualTo(Status.Code.OK);
  }

  @Test
  void streamsBothWaysInTurns() throws Exception {
    start();
    var talk = new Talk(channel(), GrpcModel.TALK);
    for (int i = 0; i < 100; i++) {
      talk.requests.onNext(("" + i).getBytes(UTF_8));
      assertThat(new String(talk.next(), UTF_8)).isEqualTo("" + i);
    }
    talk.requests.onCompleted();
    assertThat(talk.end()).isEqualTo(Status.Code.OK);
  }

  /** Far more than all windows and buffers together, both ways at once. */
  @Test
  void streamsBothWaysAtOnceWithoutADeadlock() throws Exception {
    start();
    var talk = new Talk(channel(), GrpcModel.TALK);
    for (int i = 0; i < 200; i++) {
      talk.requests.onNext(new byte[100_000]);
    }
    talk.requests.onCompleted();
    for (int i = 0; i < 200; i++) {
      assertThat(talk.next()).hasSize(100_000);
    }
    assertThat(talk.end()).isEqualTo(Status.Code.OK);
  }

  @Test
  void carriesMessagesOfFourMebibytes() throws Exception {
    start();
    assertThat(call(channel(), GrpcModel.ECHO, new byte[4 << 20])).hasSize(4 << 20);
  }

  @Test
  void carriesAThousandStreamsAtOnce() throws Exception {
    GrpcModel model = start();
    List<Talk> talks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Channel channel = channel();
      for (int k = 0; k < 100; k++) {
        var talk = new Talk(channel, GrpcModel.TALK);
        talk.requests.onNext(HELLO);
        talks.add(talk);
      }
    }
    for (Talk talk : talks) {
      assertThat(talk.next()).isEqualTo(HELLO);
    }
    assertThat(stage.router().load().inFlight()).isEqualTo(1000);
    assertThat(model.heads).hasSize(1000);
    assertThat(stage.router().meters().count("UPSTREAM_CONNECTED")).isBetween(10, 20);
    for (Talk talk : talks) {
      talk.requests.onNext(HELLO);
      talk.requests.onCompleted();
    }
    for (Talk talk : talks) {
      assertThat(talk.next()).isEqualTo(HELLO);
      assertThat(talk.end()).isEqualTo(Status.Code.OK);
    }
    Soon.become("all slots are free", () -> stage.router().load().inFlight() == 0);
  }

  // ---- what goes wrong

  @Test
  void passesOnAnErrorOfTheModelWithItsTrailers() throws Exception {
    start();
    StatusRuntimeException failure = failure(channel(), GrpcModel.FAIL);
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("über 100%");
    Metadata trailers = Objects.requireNonNull(failure.getTrailers());
    assertThat(trailers.get(GrpcModel.NOTE)).isEqualTo("why");
    assertThat(trailers.get(REASON)).isNull();
  }

  @Test
  void tellsTheModelWhenTheCallerCancels() throws Exception {
    GrpcModel model = start();
    var talk = new Talk(channel(), GrpcModel.TALK);
    talk.requests.onNext(HELLO);
    talk.next();
    Objects.requireNonNull(talk.call).cancel("enough", null);
    assertThat(model.cancelled.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("talk");
    Soon.become("the slot is free", () -> stage.router().load().inFlight() == 0);
  }

  @Test
  void endsACallThatTakesTooLong() throws Exception {
    GrpcModel model = start();
    CompletableFuture<Void> ended =
        failsLater(GrpcModel.HOLD, Status.Code.DEADLINE_EXCEEDED, "request_timeout");
    Soon.become("the model has it", () -> model.held.size() == 1);
    stage.advance(Duration.ofMillis(5_100));
    ended.get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertThat(model.cancelled.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("hold");
  }

  @Test
  void tellsTheModelWhenTheCallersTimeIsUp() throws Exception {
    stage.requestTimeout(Soon.PATIENCE.multipliedBy(2));
    GrpcModel model = start();
    Channel channel = channel();
    var ended = CompletableFuture.supplyAsync(() -> failure(channel, GrpcModel.HOLD));
    Soon.become("the model has it", () -> model.held.size() == 1);
    stage.advance(Soon.PATIENCE.plusSeconds(1));
    StatusRuntimeException failure = ended.get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(model.cancelled.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("hold");
  }

  @Test
  void endsAStreamWithAStatusWhenTheModelGoesAway() throws Exception {
    GrpcModel model = start();
    Iterator<byte[]> answers =
        ClientCalls.blockingServerStreamingCall(channel(), GrpcModel.HANG, deadline(), HELLO);
    assertThat(answers.next()).isEqualTo(HELLO);
    model.close();
    var failure = catchThrowableOfType(StatusRuntimeException.class, answers::hasNext);
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void saysWhichEndpointOrDeploymentThereIsNot() throws Exception {
    start();
    Status.Code none = Status.Code.UNIMPLEMENTED;
    assertFails(channel("a.test"), GrpcModel.ECHO, none, "endpoint_not_found");
    assertFails(
        channelWith("azureml-model-endpoint", "nobody"),
        GrpcModel.ECHO,
        none,
        "endpoint_not_found");
    Channel green =
        channelWith("azureml-model-endpoint", "echo", "azureml-model-deployment", "green");
    assertFails(green, GrpcModel.ECHO, none, "deployment_not_found");
    Channel blue =
        channelWith("azureml-model-endpoint", "echo", "azureml-model-deployment", "blue");
    assertThat(call(blue, GrpcModel.ECHO, HELLO)).isEqualTo(HELLO);
  }

  @Test
  void saysThatADeploymentSpeaksHttp1() throws Exception {
    stage.setup.scoring = io.fairlead.router.model.Scoring.DEFAULT;
    start();
    assertFails(channel(), GrpcModel.ECHO, Status.Code.UNIMPLEMENTED, "not_implemented");
  }

  @Test
  void saysThatAllSlotsAreTaken() throws Exception {
    stage.settings(1, OnClientGone.HOLD, false);
    GrpcModel model = start();
    var talk = new Talk(channel(), GrpcModel.TALK);
    talk.requests.onNext(HELLO);
    talk.next();
    CompletableFuture<Void> refused =
        failsLater(GrpcModel.ECHO, Status.Code.UNAVAILABLE, "queue_timeout");
    stage.untilLoad(1, 1);
    stage.advance(Duration.ofMillis(520));
    refused.get(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    talk.requests.onCompleted();
    assertThat(talk.end()).isEqualTo(Status.Code.OK);
    assertThat(model.heads).hasSize(1);
  }

  /** One call that streams, as its caller sees it. */
  private static final class Talk implements ClientResponseObserver<byte[], byte[]> {
    final StreamObserver<byte[]> requests;
    private final BlockingQueue<byte[]> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Status.Code> ends = new LinkedBlockingQueue<>();
    @Nullable ClientCallStreamObserver<byte[]> call;

    Talk(Channel channel, MethodDescriptor<byte[], byte[]> method) {
      var newCall = channel.newCall(method, deadline());
      requests =
          method.getType() == MethodDescriptor.MethodType.CLIENT_STREAMING
              ? ClientCalls.asyncClientStreamingCall(newCall, this)
              : ClientCalls.asyncBidiStreamingCall(newCall, this);
    }

    byte[] next() throws InterruptedException {
      byte[] answer = answers.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      assertThat(answer).as("an answer; the call ended with " + ends).isNotNull();
      return answer;
    }

    Status.@Nullable Code end() throws InterruptedException {
      return ends.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<byte[]> started) {
      call = started;
    }

    @Override
    public void onNext(byte[] answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable error) {
      ends.add(Status.fromThrowable(error).getCode());
    }

    @Override
    public void onCompleted() {
      ends.add(Status.Code.OK);
    }
  }
}
