package io.fairlead.router.peer;

import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Handover.Holder;
import io.fairlead.router.fleet.Handover.Holding;
import io.fairlead.router.fleet.Protocol;

/** The table of a coordinator that ends, as it is on the wire. */
final class HandoverWire {
  private HandoverWire() {}

  static io.fairlead.peer.v1.Handover write(Handover handover) {
    var written =
        io.fairlead.peer.v1.Handover.newBuilder()
            .setProtocol(handover.protocol())
            .setCoordinator(handover.coordinator())
            .setEpoch(handover.epoch())
            .setComplete(handover.complete());
    for (Holder holder : handover.routers()) {
      written.addRouters(write(holder));
    }
    return written.build();
  }

  private static io.fairlead.peer.v1.Holder write(Holder holder) {
    var written =
        io.fairlead.peer.v1.Holder.newBuilder()
            .setRouter(holder.router())
            .setIncarnation(holder.incarnation());
    for (Holding holding : holder.deployments()) {
      written.addDeployments(
          io.fairlead.peer.v1.Holding.newBuilder()
              .setKey(Wire.write(holding.key()))
              .addAllReplicas(Wire.write(holding.replicas())));
    }
    return written.build();
  }

  static Handover read(io.fairlead.peer.v1.Handover handover) {
    return new Handover(
        handover.getProtocol(),
        handover.getCoordinator(),
        handover.getEpoch(),
        handover.getComplete(),
        Wire.each(
            "routers",
            handover.getRoutersList(),
            Protocol.MOST_ROUTERS,
            HandoverWire::read,
            Holder::router));
  }

  private static Holder read(io.fairlead.peer.v1.Holder holder) {
    return new Holder(
        holder.getRouter(),
        holder.getIncarnation(),
        Wire.each(
            "deployments",
            holder.getDeploymentsList(),
            Protocol.MOST_DEPLOYMENTS,
            HandoverWire::read,
            Holding::key));
  }

  private static Holding read(io.fairlead.peer.v1.Holding holding) {
    return new Holding(Wire.read(holding.getKey()), Wire.read(holding.getReplicasList()));
  }
}
