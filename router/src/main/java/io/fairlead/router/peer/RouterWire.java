package io.fairlead.router.peer;

import io.fairlead.peer.v1.FromRouter;
import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Protocol;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.InputStream;

/** What a router says to its coordinator, as bytes. */
final class RouterWire implements Marshaller<Message> {
  @Override
  public InputStream stream(Message message) {
    var written = FromRouter.newBuilder();
    switch (message) {
      case Message.Greeting greeting -> written.setHello(Wire.write(greeting.hello()));
      case Message.Report report -> written.setHeartbeat(write(report.heartbeat()));
      case Message.Answered _, Message.HandedOver _, Message.Skipped _, Message.Unreadable _ ->
          throw new IllegalArgumentException("a router does not say " + message);
    }
    return Wire.bytes(written.build());
  }

  @Override
  public Message parse(InputStream bytes) {
    return Wire.message(() -> read(FromRouter.parseFrom(bytes)));
  }

  private static Message read(FromRouter message) {
    return switch (message.getMessageCase()) {
      case HELLO -> new Message.Greeting(Wire.read(message.getHello()));
      case HEARTBEAT -> new Message.Report(read(message.getHeartbeat()));
      case MESSAGE_NOT_SET -> new Message.Skipped();
    };
  }

  private static io.fairlead.peer.v1.Heartbeat write(Heartbeat heartbeat) {
    var written =
        io.fairlead.peer.v1.Heartbeat.newBuilder()
            .setProtocol(heartbeat.protocol())
            .setRouter(heartbeat.router())
            .setIncarnation(heartbeat.incarnation())
            .setEpoch(heartbeat.epoch())
            .setSequence(heartbeat.sequence())
            .setSeen(heartbeat.seen())
            .setUrgent(heartbeat.urgent())
            .setLeaving(heartbeat.leaving());
    for (DeploymentReport report : heartbeat.deployments()) {
      var said =
          io.fairlead.peer.v1.DeploymentReport.newBuilder()
              .setKey(Wire.write(report.key()))
              .addAllReplicas(Wire.write(report.replicas()))
              .setInUse(report.inUse())
              .setQueued(report.queued())
              .setOldestWaitMillis(report.oldestWaitMillis())
              .setArrivals(report.arrivals());
      if (report.staying() >= 0) {
        said.setStaying(report.staying());
      }
      written.addDeployments(said);
    }
    return written.build();
  }

  private static Heartbeat read(io.fairlead.peer.v1.Heartbeat heartbeat) {
    return new Heartbeat(
        heartbeat.getProtocol(),
        heartbeat.getRouter(),
        heartbeat.getIncarnation(),
        heartbeat.getEpoch(),
        heartbeat.getSequence(),
        heartbeat.getSeen(),
        heartbeat.getUrgent(),
        heartbeat.getLeaving(),
        Wire.each(
            "deployments",
            heartbeat.getDeploymentsList(),
            Protocol.MOST_DEPLOYMENTS,
            RouterWire::read,
            DeploymentReport::key));
  }

  private static DeploymentReport read(io.fairlead.peer.v1.DeploymentReport report) {
    return new DeploymentReport(
        Wire.read(report.getKey()),
        Wire.read(report.getReplicasList()),
        report.getInUse(),
        report.getQueued(),
        report.hasStaying() ? report.getStaying() : -1,
        report.getOldestWaitMillis(),
        report.getArrivals());
  }
}
