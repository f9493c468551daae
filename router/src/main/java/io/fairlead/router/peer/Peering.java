package io.fairlead.router.peer;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/** What routers have agreed on before they say a word. */
final class Peering {
  static final String SERVICE = "fairlead.peer.v1.Peering";

  /** A router that reports and a coordinator that grants, for as long as both live. */
  static final MethodDescriptor<Message, Message> EXCHANGE =
      MethodDescriptor.newBuilder(new RouterWire(), new CoordinatorWire())
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Exchange"))
          .build();

  /** The most replicas of a message, with addresses of IPv6, fit. */
  static final int MAX_MESSAGE_BYTES = 8 << 20;

  /** There is no metadata of ours. */
  static final int MAX_METADATA_BYTES = 4096;

  private Peering() {}
}
