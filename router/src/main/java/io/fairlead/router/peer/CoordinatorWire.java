package io.fairlead.router.peer;

import io.fairlead.peer.v1.FromCoordinator;
import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.DeploymentGrant;
import io.fairlead.router.fleet.Grants;
import io.fairlead.router.fleet.Protocol;
import io.fairlead.router.fleet.Refusal;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.InputStream;

/** What a coordinator says to a router, as bytes. */
final class CoordinatorWire implements Marshaller<Message> {
  private static final int MAX_DETAIL = 500;

  @Override
  public InputStream stream(Message message) {
    var written = FromCoordinator.newBuilder();
    switch (message) {
      case Message.Greeting greeting -> written.setHello(Wire.write(greeting.hello()));
      case Message.Answered answered -> write(written, answered.answer());
      case Message.HandedOver handed -> written.setHandover(HandoverWire.write(handed.handover()));
      case Message.Report _, Message.Skipped _, Message.Unreadable _ ->
          throw new IllegalArgumentException("a coordinator does not say " + message);
    }
    return Wire.bytes(written.build());
  }

  @Override
  public Message parse(InputStream bytes) {
    return Wire.message(() -> read(FromCoordinator.parseFrom(bytes)));
  }

  private static Message read(FromCoordinator message) {
    return switch (message.getMessageCase()) {
      case HELLO -> new Message.Greeting(Wire.read(message.getHello()));
      case GRANTS -> new Message.Answered(read(message.getGrants()));
      case REFUSAL -> new Message.Answered(read(message.getRefusal()));
      case HANDOVER -> new Message.HandedOver(HandoverWire.read(message.getHandover()));
      case MESSAGE_NOT_SET -> new Message.Skipped();
    };
  }

  private static void write(FromCoordinator.Builder message, Answer answer) {
    switch (answer) {
      case Grants grants -> message.setGrants(write(grants));
      case Refusal refusal ->
          message.setRefusal(
              io.fairlead.peer.v1.Refusal.newBuilder()
                  .setReason(reason(refusal.reason()))
                  .setEpoch(refusal.epoch())
                  .setDetail(refusal.detail()));
    }
  }

  private static io.fairlead.peer.v1.Grants write(Grants grants) {
    var written =
        io.fairlead.peer.v1.Grants.newBuilder()
            .setProtocol(grants.protocol())
            .setCoordinator(grants.coordinator())
            .setEpoch(grants.epoch())
            .setVersion(grants.version())
            .setRouter(grants.router())
            .setIncarnation(grants.incarnation())
            .setAnswers(grants.answers())
            .setTimeToLiveMillis(grants.timeToLiveMillis());
    for (DeploymentGrant grant : grants.deployments()) {
      var said =
          io.fairlead.peer.v1.DeploymentGrant.newBuilder()
              .setKey(Wire.write(grant.key()))
              .addAllReplicas(Wire.write(grant.replicas()))
              .setKeep(grant.keep())
              .setKeepIdle(grant.keepIdle())
              .setQueueBound(grant.queueBound())
              .setArrivals(grant.arrivals());
      if (grant.queueMost() >= 0) {
        said.setQueueMost(grant.queueMost());
      }
      written.addDeployments(said);
    }
    return written.build();
  }

  private static Grants read(io.fairlead.peer.v1.Grants grants) {
    return new Grants(
        grants.getProtocol(),
        grants.getCoordinator(),
        grants.getEpoch(),
        grants.getVersion(),
        grants.getRouter(),
        grants.getIncarnation(),
        grants.getAnswers(),
        grants.getTimeToLiveMillis(),
        Wire.each(
            "deployments",
            grants.getDeploymentsList(),
            Protocol.MOST_DEPLOYMENTS,
            CoordinatorWire::read,
            DeploymentGrant::key));
  }

  private static DeploymentGrant read(io.fairlead.peer.v1.DeploymentGrant grant) {
    return new DeploymentGrant(
        Wire.read(grant.getKey()),
        Wire.read(grant.getReplicasList()),
        grant.getKeep(),
        grant.getKeepIdle(),
        grant.getQueueBound(),
        grant.hasQueueMost() ? grant.getQueueMost() : -1,
        grant.getArrivals());
  }

  private static Refusal read(io.fairlead.peer.v1.Refusal refusal) {
    String detail = refusal.getDetail();
    // it is for a log: what could be mistaken for another line of it does not get there
    String shown =
        detail.substring(0, Math.min(MAX_DETAIL, detail.length())).replaceAll("[^ -~]", "?");
    return new Refusal(reason(refusal.getReason()), refusal.getEpoch(), shown);
  }

  private static io.fairlead.peer.v1.Reason reason(Refusal.Reason reason) {
    return switch (reason) {
      case VERSION -> io.fairlead.peer.v1.Reason.REASON_VERSION;
      case NOT_COORDINATOR -> io.fairlead.peer.v1.Reason.REASON_NOT_COORDINATOR;
      case EPOCH -> io.fairlead.peer.v1.Reason.REASON_EPOCH;
      case REPLAYED -> io.fairlead.peer.v1.Reason.REASON_REPLAYED;
      case OLD_INCARNATION -> io.fairlead.peer.v1.Reason.REASON_OLD_INCARNATION;
      case DUPLICATE -> io.fairlead.peer.v1.Reason.REASON_DUPLICATE;
      case TOO_MANY_ROUTERS -> io.fairlead.peer.v1.Reason.REASON_TOO_MANY_ROUTERS;
      case OVERCLAIMED -> io.fairlead.peer.v1.Reason.REASON_OVERCLAIMED;
      case MALFORMED -> io.fairlead.peer.v1.Reason.REASON_MALFORMED;
    };
  }

  private static Refusal.Reason reason(io.fairlead.peer.v1.Reason reason) {
    return switch (reason) {
      case REASON_VERSION -> Refusal.Reason.VERSION;
      case REASON_NOT_COORDINATOR -> Refusal.Reason.NOT_COORDINATOR;
      case REASON_EPOCH -> Refusal.Reason.EPOCH;
      case REASON_REPLAYED -> Refusal.Reason.REPLAYED;
      case REASON_OLD_INCARNATION -> Refusal.Reason.OLD_INCARNATION;
      case REASON_DUPLICATE -> Refusal.Reason.DUPLICATE;
      case REASON_TOO_MANY_ROUTERS -> Refusal.Reason.TOO_MANY_ROUTERS;
      case REASON_OVERCLAIMED -> Refusal.Reason.OVERCLAIMED;
      case REASON_MALFORMED -> Refusal.Reason.MALFORMED;
      // a reason of a later version; that it refuses is what matters
      case REASON_UNSPECIFIED, UNRECOGNIZED -> Refusal.Reason.MALFORMED;
    };
  }
}
