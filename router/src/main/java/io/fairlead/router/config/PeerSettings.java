package io.fairlead.router.config;

import io.fairlead.router.model.Address;
import java.nio.file.Path;
import java.util.List;

/**
 * With whom a router shares its slots, and what it proves itself with.
 *
 * @param self where its peers reach it
 * @param peers addresses, and names that stand for all the addresses they have
 * @param cert PEM chain, for servers and clients
 * @param key PEM key
 * @param ca PEM of the authorities of all peers
 */
public record PeerSettings(Address self, List<Address> peers, Path cert, Path key, Path ca) {
  public PeerSettings {
    peers = List.copyOf(peers);
  }
}
