package io.fairlead.router.peer;

import static io.fairlead.router.peer.PeerScene.ROOT;
import static io.fairlead.router.peer.PeerScene.SHARED;
import static io.fairlead.router.peer.PeerScene.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Refusal.Reason;
import io.fairlead.router.model.Address;
import io.fairlead.router.tls.PeerContexts;
import io.grpc.Status;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  private static final String ONE = "127.0.0.1:9101";

  @TempDir private Path directory;
  private PeerScene scene;
  private final HeardPeers heard = new HeardPeers();
  private final HeardCoordinator router = new HeardCoordinator();

  @BeforeEach
  void begin() {
    scene = new PeerScene(directory);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void aReportIsHeardAndAnswered() {
    PeerServer server = scene.answering(heard);
    CoordinatorLink link = scene.link(9101, router);
    scene.onLoop(() -> link.follow(life(1, server)));
    soon("connected", router::isConnected);
    var heartbeat = Samples.heartbeat(ONE, 9101, 1);

    scene.onLoop(() -> assertThat(link.send(heartbeat)).isTrue());

    soon("answered", () -> router.answers.size() == 1);
    assertThat(heard.heartbeats).containsExactly(heartbeat);
    assertThat(router.answers)
        .containsExactly(Samples.grants(server.address().toString(), heartbeat));
  }

  @Test
  void aCoordinatorThatEndsTellsTheNext() {
    PeerServer server = scene.answering(heard);
    CoordinatorLink link = scene.link(9101, router);
    scene.onLoop(() -> link.follow(life(1, server)));
    soon("arrived", () -> heard.present.containsKey(ONE));
    var table = new Handover(1, server.address().toString(), 3, true, List.of());

    Peer peer = Objects.requireNonNull(heard.present.get(ONE));
    scene.onLoop(() -> peer.send(table));

    soon("handed over", () -> router.handovers.equals(List.of(table)));
  }

  @Test
  void theHeirHearsTheTableAlsoWhenItHasTheRoleAlready() {
    PeerServer server = scene.answering(heard);
    CoordinatorLink link = scene.link(9101, router);
    scene.onLoop(() -> link.follow(life(1, server)));
    soon("arrived", () -> heard.present.containsKey(ONE));
    soon("connected", router::isConnected);
    var table = new Handover(1, server.address().toString(), 3, true, List.of());
    Peer peer = Objects.requireNonNull(heard.present.get(ONE));

    scene.onLoop(
        () -> {
          link.follow(null);
          peer.send(table);
        });

    soon("handed over", () -> router.handovers.equals(List.of(table)));
    scene.skippedNanos.addAndGet(3_100_000_000L);
    soon("left", () -> heard.events.contains("left " + ONE));
  }

  @Test
  void nobodyGetsAWordWithoutACertificate() throws Exception {
    PeerServer server = scene.answering(heard);
    var anonymous =
        SslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "h2"))
            .build();

    RawPeer nobody = scene.raw(server.address(), anonymous).hello(ONE, 1);

    assertThat(nobody.end()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(nobody.heard).isEmpty();
    assertThat(heard.events).isEmpty();
  }

  @Test
  void plainTextGetsNoAnswer() throws Exception {
    PeerServer server = scene.answering(heard);
    try (var socket = new Socket(server.address().host(), server.address().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] answer = in.readAllBytes();
      // an alert of TLS (RFC 8446 6) at most
      assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
      assertThat(answer.length).isLessThan(10);
    }
    assertThat(heard.events).isEmpty();
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefusedByTheServer() throws Exception {
    PeerServer server = scene.answering(heard);
    var other = PeerScene.authority("others");
    var foreign = scene.contexts(PeerScene.issue(other, "fairlead-peers"), other);
    var trusting =
        SslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .keyManager(foreign.identity().key(), foreign.identity().chain())
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "h2"))
            .build();

    RawPeer stranger = scene.raw(server.address(), trusting).hello(ONE, 1);

    assertThat(stranger.end()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(heard.events).isEmpty();
  }

  @Test
  void aServerOfAnotherAuthorityIsNotReportedTo() {
    var other = PeerScene.authority("others");
    PeerServer server =
        scene.server(scene.contexts(PeerScene.issue(other, "fairlead-peers"), other).server());
    server.serve(1, heard);
    CoordinatorLink link = scene.link(9101, router);

    scene.onLoop(() -> link.follow(life(1, server)));

    soon(
        "lost",
        () -> router.events.stream().anyMatch(event -> event.startsWith("lost UNAVAILABLE")));
    assertThat(heard.events).isEmpty();
  }

  @Test
  void aRouterWithoutACommonVersionIsToldSo() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer later =
        scene
            .raw(server.address())
            .say(new Message.Greeting(new Hello(9, 7, new Address("127.0.0.1", 9101), 1)));

    assertThat(later.refused()).isEqualTo(Reason.VERSION);
    assertThat(later.ended.join().getDescription())
        .isEqualTo("protocol: 7 to 9 (expected: one of 1 to 1)");
    assertThat(server.cuts(Cut.VERSION)).isEqualTo(1);
    assertThat(heard.events).isEmpty();
  }

  @Test
  void aRouterOfALaterReleaseThatUnderstandsThisOneIsHeard() {
    PeerServer server = scene.answering(heard);

    RawPeer later =
        scene
            .raw(server.address())
            .say(new Message.Greeting(new Hello(2, 1, new Address("127.0.0.1", 9101), 1)));

    soon("greeted", () -> later.heard.size() == 1);
    assertThat(heard.events).containsExactly("arrived " + ONE);
  }

  @Test
  void aReportBeforeHelloIsCutOff() throws Exception {
    PeerServer server = scene.answering(heard);

    RawPeer hasty =
        scene.raw(server.address()).say(new Message.Report(Samples.heartbeat(ONE, 1, 1)));

    assertThat(hasty.refused()).isEqualTo(Reason.MALFORMED);
    assertThat(server.cuts(Cut.NO_HELLO)).isEqualTo(1);
    assertThat(heard.heartbeats).isEmpty();
  }

  @Test
  void whoSaysNoHelloIsCutOff() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer silent = scene.raw(server.address());
    soon("begun", () -> server.streams() == 1);

    scene.skippedNanos.addAndGet(3_100_000_000L);

    assertThat(silent.end()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(server.cuts(Cut.NO_HELLO)).isEqualTo(1);
  }

  @Test
  void whoReportsNoMoreIsCutOff() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer silent = scene.raw(server.address()).hello(ONE, 1);
    soon("arrived", () -> heard.present.containsKey(ONE));

    scene.skippedNanos.addAndGet(10_100_000_000L);

    assertThat(silent.end()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    soon("left", () -> heard.events.equals(List.of("arrived " + ONE, "left " + ONE)));
  }

  @Test
  void bytesThatAreNoMessageAreCutOffAndCounted() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer broken = scene.raw(server.address()).hello(ONE, 1).say(new byte[] {1, 2, 3});

    assertThat(broken.refused()).isEqualTo(Reason.MALFORMED);
    assertThat(server.cuts(Cut.MALFORMED)).isEqualTo(1);
  }

  @Test
  void aMessageBeyondTheLimitEndsTheConversation() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer verbose =
        scene.raw(server.address()).hello(ONE, 1).say(new byte[Peering.MAX_MESSAGE_BYTES + 1]);

    assertThat(verbose.end()).isNotEqualTo(Status.Code.OK);
    soon("left", () -> heard.events.contains("left " + ONE));
    assertThat(heard.heartbeats).isEmpty();
  }

  @Test
  void aRouterCannotReportForAnother() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer liar =
        scene
            .raw(server.address())
            .hello(ONE, 1)
            .say(new Message.Report(Samples.heartbeat("127.0.0.1:9102", 1, 1)));

    assertThat(liar.refused()).isEqualTo(Reason.MALFORMED);
    assertThat(server.cuts(Cut.IMPOSTOR)).isEqualTo(1);
    assertThat(heard.heartbeats).isEmpty();
  }

  @Test
  void aCertificateForAnAddressIsForNoOther() throws Exception {
    PeerServer server = scene.answering(heard);
    var elsewhere = scene.contexts(PeerScene.issue(ROOT, "10.0.0.1"), ROOT);

    RawPeer liar = scene.raw(server.address(), elsewhere.client()).hello(ONE, 1);

    assertThat(liar.refused()).isEqualTo(Reason.MALFORMED);
    assertThat(server.cuts(Cut.CERTIFICATE)).isEqualTo(1);
    assertThat(heard.events).isEmpty();
  }

  @Test
  void aServerWithTheCertificateOfAnotherAddressIsNotReportedTo() {
    PeerServer server =
        scene.server(scene.contexts(PeerScene.issue(ROOT, "10.0.0.1"), ROOT).server());
    server.serve(1, heard);
    CoordinatorLink link = scene.link(9101, router);

    scene.onLoop(() -> link.follow(life(1, server)));

    String why = "lost certificate: of another router (expected: one for 127.0.0.1)";
    soon("lost", () -> router.events.contains(why));
  }

  @Test
  void aSecondRouterOfThatAddressIsRefusedWhileTheFirstIsThere() throws Exception {
    PeerServer server = scene.answering(heard);
    scene.raw(server.address()).hello(ONE, 1);
    soon("arrived", () -> heard.present.containsKey(ONE));
    var another = scene.contexts(PeerScene.issue(ROOT, "fairlead-peers"), ROOT);

    RawPeer second = scene.raw(server.address(), another.client()).hello(ONE, 2);

    assertThat(second.refused()).isEqualTo(Reason.DUPLICATE);
    assertThat(heard.events).containsExactly("arrived " + ONE);
  }

  @Test
  void aRouterThatBeginsAnewReplacesItsFormerConversation() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer first = scene.raw(server.address()).hello(ONE, 1);
    soon("arrived", () -> heard.present.containsKey(ONE));

    scene.raw(server.address()).hello(ONE, 2);

    assertThat(first.end()).isEqualTo(Status.Code.ALREADY_EXISTS);
    soon(
        "replaced",
        () -> heard.events.equals(List.of("arrived " + ONE, "left " + ONE, "arrived " + ONE)));
  }

  @Test
  void aFloodingPeerIsCutOffAndKeptOutForAWhile() throws Exception {
    PeerServer server = scene.answering(heard);
    RawPeer flood = scene.raw(server.address()).hello(ONE, 1);
    for (int i = 1; i <= 20 * Pace.BURST && !flood.ended.isDone(); i++) {
      flood.say(new Message.Report(Samples.heartbeat(ONE, 1, i)));
    }
    assertThat(flood.end()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(server.cuts(Cut.FLOOD)).isEqualTo(1);

    assertThat(scene.raw(server.address()).hello(ONE, 1).end())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    scene.skippedNanos.addAndGet(5_100_000_000L);
    RawPeer later = scene.raw(server.address()).hello(ONE, 1);
    soon("greeted", () -> !later.heard.isEmpty());
    assertThat(later.heard.getFirst()).isInstanceOf(Message.Greeting.class);
  }

  @Test
  void aPeerThatVanishesHasLeft() {
    PeerServer server = scene.answering(heard);
    RawPeer peer = scene.raw(server.address()).hello(ONE, 1);
    soon("arrived", () -> heard.present.containsKey(ONE));

    peer.close();

    soon("left", () -> heard.events.contains("left " + ONE));
    assertThat(server.connected()).isZero();
  }

  @Test
  void aLostCoordinatorIsAskedAgainUntilItIsBack() {
    PeerServer server = scene.answering(heard);
    CoordinatorLink link = scene.link(9101, router);
    scene.onLoop(() -> link.follow(life(1, server)));
    soon("connected", router::isConnected);

    server.close();
    soon("lost, and not found again", () -> router.events.size() >= 3);
    PeerServer back = scene.server(scene.contexts(SHARED, ROOT).server(), server.address().port());
    back.serve(1, heard);

    soon("connected again", router::isConnected);
  }

  @Test
  void anotherLifeOfTheCoordinatorIsNotReportedTo() {
    PeerServer server = scene.answering(heard);
    CoordinatorLink link = scene.link(9101, router);

    scene.onLoop(() -> link.follow(life(7, server)));

    String address = server.address().toString();
    String why = "lost router: another life of " + address + " (expected: the one that leads)";
    soon("lost", () -> router.events.contains(why));

    scene.onLoop(() -> link.follow(life(1, server)));
    soon("connected", router::isConnected);
  }

  private static PeerName life(long incarnation, PeerServer server) {
    return new PeerName(server.address(), incarnation);
  }

  @Test
  void aCoordinatorThatDoesNotAnswerIsGivenUp() {
    PeerServer server = scene.answering(heard);
    CoordinatorLink link = scene.link(9101, router);
    scene.onLoop(() -> link.follow(life(1, server)));
    soon("connected", router::isConnected);

    scene.skippedNanos.addAndGet(3_100_000_000L);

    soon("lost", () -> router.events.contains("lost not heard any more"));
  }

  @Test
  void followingAnotherLeavesTheFormer() {
    PeerServer former = scene.answering(heard);
    var heardByNext = new HeardPeers();
    PeerServer next = scene.answering(heardByNext);
    CoordinatorLink link = scene.link(9101, router);
    scene.onLoop(() -> link.follow(life(1, former)));
    soon("connected", router::isConnected);

    scene.onLoop(() -> link.follow(life(1, next)));

    soon("arrived", () -> heardByNext.present.containsKey(ONE));
    soon("left", () -> heard.events.contains("left " + ONE));
  }

  @Test
  void aNewCertificateIsUsedForTheNextConnection() throws Exception {
    PeerContexts contexts = scene.contexts(SHARED, ROOT);
    Path files;
    try (var only = Files.newDirectoryStream(directory)) {
      files = only.iterator().next();
    }
    PeerServer server = scene.server(contexts.server());
    server.serve(1, heard);
    scene.raw(server.address()).hello(ONE, 1);
    soon("arrived", () -> heard.present.containsKey(ONE));
    var other = PeerScene.authority("others");
    PeerScene.write(files, PeerScene.issue(other, "fairlead-peers"), other);

    contexts.poll(Instant.now());

    assertThat(scene.raw(server.address()).hello("127.0.0.1:9102", 1).end())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(heard.present).containsKey(ONE);
  }
}
