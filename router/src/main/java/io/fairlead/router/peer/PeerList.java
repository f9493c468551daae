package io.fairlead.router.peer;

import io.fairlead.router.model.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The routers that share their slots, as they were told at the start: addresses, and names that are
 * looked up again and again, such as that of a headless Service. For one thread, which may wait for
 * a name server.
 */
public final class PeerList {
  private final List<Address> given;
  private final Lookup lookup;
  private final Map<Address, Set<String>> found = new HashMap<>();

  /** Asks a name server. */
  public interface Lookup {
    /** Returns all addresses that {@code host} has now. */
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /**
   * What a look has found.
   *
   * @param routers every peer's address, that of this router as well if it is listed
   * @param complete whether nobody else can be a peer: no name stands for whoever it has now
   * @param known whether every name was found, now or before: without that nobody can say who is
   *     missing
   * @param problem why a name could not be looked up, and its last addresses stay; empty if all
   *     could
   */
  public record Look(Set<String> routers, boolean complete, boolean known, String problem) {
    public Look {
      routers = Set.copyOf(routers);
    }
  }

  public PeerList(List<Address> given, Lookup lookup) {
    this.given = List.copyOf(given);
    this.lookup = lookup;
  }

  /** Looks up every name. */
  public Look look() {
    boolean complete = true;
    boolean known = true;
    String problem = "";
    Set<String> routers = new TreeSet<>();
    for (Address one : given) {
      if (Address.isLiteral(one.host())) {
        routers.add(text(InetAddress.ofLiteral(one.host()), one.port()));
        continue;
      }
      complete = false;
      try {
        Set<String> now = new TreeSet<>();
        for (InetAddress address : lookup.addresses(one.host())) {
          now.add(text(address, one.port()));
        }
        found.put(one, now);
      } catch (UnknownHostException e) {
        problem = one.host() + ": no address (expected: those of the peers)";
      }
      known &= found.containsKey(one);
      routers.addAll(found.getOrDefault(one, Set.of()));
    }
    return new Look(routers, complete, known, problem);
  }

  /** The way in which a router writes its own. */
  private static String text(InetAddress address, int port) {
    return new Address(address.getHostAddress(), port).toString();
  }
}
