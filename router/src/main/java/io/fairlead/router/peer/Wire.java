package io.fairlead.router.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.fairlead.router.fleet.Protocol;
import io.fairlead.router.fleet.Slots;
import io.fairlead.router.model.Address;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Names;
import io.fairlead.router.model.Replica;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/**
 * The values that occur in messages of both directions, as they are on the wire. What is read is
 * checked: {@link IllegalArgumentException} says what was wrong and what was expected.
 */
final class Wire {
  /** A namespace of Kubernetes, or a directory of manifests: at most a label of DNS. */
  private static final int MAX_NAMESPACE = 63;

  private Wire() {}

  /** Bytes whose number gRPC need not find out. */
  private static final class Bytes extends ByteArrayInputStream implements KnownLength {
    Bytes(byte[] bytes) {
      super(bytes);
    }
  }

  static InputStream bytes(MessageLite message) {
    return new Bytes(message.toByteArray());
  }

  /** Makes a message of bytes, or fails as parsers do. */
  interface Reading {
    Message read() throws IOException;
  }

  /** Returns what was read, or that it is nothing that a router says. */
  static Message message(Reading reading) {
    try {
      return reading.read();
    } catch (InvalidProtocolBufferException e) {
      return new Message.Unreadable("message: not of the schema");
    } catch (IllegalArgumentException e) {
      return new Message.Unreadable(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Message.Unreadable("message: ended early");
    }
  }

  static io.fairlead.peer.v1.Hello write(Hello hello) {
    return io.fairlead.peer.v1.Hello.newBuilder()
        .setNewest(hello.newest())
        .setOldest(hello.oldest())
        .setRouter(hello.router().toString())
        .setIncarnation(hello.incarnation())
        .build();
  }

  static Hello read(io.fairlead.peer.v1.Hello hello) {
    Address router = hello.getRouter().length() > 100 ? null : Address.parse(hello.getRouter());
    if (router == null) {
      throw new IllegalArgumentException("router: (expected: " + Address.EXPECTED + ")");
    }
    return new Hello(hello.getNewest(), hello.getOldest(), router, hello.getIncarnation());
  }

  static io.fairlead.peer.v1.DeploymentKey write(DeploymentKey key) {
    return io.fairlead.peer.v1.DeploymentKey.newBuilder()
        .setNamespace(key.namespace())
        .setEndpoint(key.endpoint())
        .setDeployment(key.deployment())
        .build();
  }

  static DeploymentKey read(io.fairlead.peer.v1.DeploymentKey key) {
    String namespace = key.getNamespace();
    if (namespace.length() > MAX_NAMESPACE
        || !namespace.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "namespace: " + namespace.length() + " characters (expected: at most 63, visible)");
    }
    return new DeploymentKey(
        namespace, name("endpoint", key.getEndpoint()), name("deployment", key.getDeployment()));
  }

  private static String name(String what, String name) {
    if (!Names.isValid(name)) {
      throw new IllegalArgumentException(what + ": (expected: " + Names.EXPECTED + ")");
    }
    return name;
  }

  static List<io.fairlead.peer.v1.Slots> write(List<Slots> replicas) {
    List<io.fairlead.peer.v1.Slots> written = new ArrayList<>(replicas.size());
    var builder = io.fairlead.peer.v1.Slots.newBuilder();
    for (Slots slots : replicas) {
      written.add(
          builder
              .setHost(slots.replica().host())
              .setPort(slots.replica().port())
              .setSlots(slots.slots())
              .setShare(slots.share())
              .setRaisedAt(slots.raisedAt())
              .build());
    }
    return written;
  }

  static List<Slots> read(List<io.fairlead.peer.v1.Slots> replicas) {
    return each("replicas", replicas, Protocol.MOST_REPLICAS, Wire::read, Slots::replica);
  }

  private static Slots read(io.fairlead.peer.v1.Slots slots) {
    String host = slots.getHost();
    if (host.length() > 45 || !Address.isLiteral(host)) {
      throw new IllegalArgumentException("host: (expected: an IP address)");
    }
    return new Slots(
        new Replica(host, slots.getPort()),
        slots.getSlots(),
        slots.getShare(),
        slots.getRaisedAt());
  }

  /** Reads a list in which each has another {@code key}. */
  static <F, T> List<T> each(
      String what, List<F> from, int most, Function<F, T> read, Function<T, ?> key) {
    if (from.size() > most) {
      throw new IllegalArgumentException(
          what + ": " + from.size() + " (expected: at most " + most + ")");
    }
    List<T> all = new ArrayList<>(from.size());
    var keys = new HashSet<Object>();
    for (F one : from) {
      T value = read.apply(one);
      if (!keys.add(key.apply(value))) {
        throw new IllegalArgumentException(what + ": one is listed twice (expected: each once)");
      }
      all.add(value);
    }
    return all;
  }
}
