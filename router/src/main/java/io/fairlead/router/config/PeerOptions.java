package io.fairlead.router.config;

import io.fairlead.router.model.Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of what can be configured about sharing slots with other routers. */
public final class PeerOptions {
  private static final int MOST_PEERS = 64;
  private static final int PORT = 9001;

  private static final Option<Address> PEER =
      new Option<>(
          "peer",
          "ADDR",
          null,
          "host:port or an IP address alone at which the other routers reach this one, such as"
              + " 10.0.0.1:9001, [fd00::1]:9001 or fd00::1; alone it has port "
              + PORT,
          PeerOptions::own,
          "Shares the slots of replicas with other routers, and listens to them here.");
  private static final Option<List<Address>> PEERS =
      new Option<>(
          "peers",
          "ADDR,...",
          null,
          "1 to " + MOST_PEERS + " addresses such as 10.0.0.1:9001,10.0.0.2:9001",
          PeerOptions::list,
          "All the routers; a name stands for all its addresses, and is looked up again.");
  private static final Option<Path> CERT =
      Options.path(
          "peerCert",
          "FILE",
          "a readable file",
          "Certificate chain for them, PEM; read again on change.");
  private static final Option<Path> KEY =
      Options.path("peerKey", "FILE", "a readable file", "Its private key, PEM.");
  private static final Option<Path> CA =
      Options.path(
          "peerCa", "FILE", "a readable file", "The authorities of their certificates, PEM.");

  /** All of them, in the order of the help. */
  public static final List<Option<?>> ALL = List.of(PEER, PEERS, CERT, KEY, CA);

  private PeerOptions() {}

  /** Returns what is given; null if that is nothing, or not all that is needed. */
  static @Nullable PeerSettings peer(Values values, boolean hasElection) {
    Option<?> first = ALL.stream().filter(values::has).findFirst().orElse(null);
    if (first == null) {
      return null;
    }
    for (Option<?> option : ALL) {
      if (!values.has(option)) {
        values.refuse(option, option.expected() + ", as " + first.key() + " is given");
      }
    }
    if (!hasElection && values.has(PEER)) {
      values.refuse(
          PEER, "leaseFile or kubernetes beside it, as the routers elect one that grants slots");
    }
    Address self = values.find(PEER);
    List<Address> peers = values.find(PEERS);
    Path cert = readable(values, CERT);
    Path key = readable(values, KEY);
    Path ca = readable(values, CA);
    return self == null || peers == null || cert == null || key == null || ca == null
        ? null
        : new PeerSettings(self, peers, cert, key, ca);
  }

  private static @Nullable Path readable(Values values, Option<Path> option) {
    Path file = values.find(option);
    if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
      values.refuse(option, option.expected());
    }
    return file;
  }

  private static @Nullable Address own(String text) {
    // A pod knows its address alone, of either family, and cannot tell whether it needs brackets.
    Address address = Address.isLiteral(text) ? new Address(text, PORT) : Address.parse(text);
    return address == null || isUnspecified(address.host()) ? null : address;
  }

  private static boolean isUnspecified(String host) {
    return Address.isLiteral(host) && InetAddress.ofLiteral(host).isAnyLocalAddress();
  }

  private static @Nullable List<Address> list(String text) {
    List<Address> all = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Address address = Address.parse(part.strip());
      if (address == null || address.port() == 0 || all.contains(address)) {
        return null;
      }
      all.add(address);
    }
    return all.size() > MOST_PEERS ? null : all;
  }
}
