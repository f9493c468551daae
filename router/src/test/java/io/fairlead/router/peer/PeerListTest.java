package io.fairlead.router.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerListTest {
  private final Map<String, List<String>> names = new HashMap<>();

  @Test
  void addressesAreTheWholeList() {
    var list = list("10.0.0.1:9001", "[fd00:0::2]:9001");
    assertThat(list.look())
        .isEqualTo(
            new PeerList.Look(
                java.util.Set.of("10.0.0.1:9001", "[fd00:0:0:0:0:0:0:2]:9001"), true, true, ""));
  }

  @Test
  void aNameStandsForAllItsAddressesOfNow() {
    var list = list("peers.team.svc:9001");
    names.put("peers.team.svc", List.of("10.0.0.1", "10.0.0.2"));
    assertThat(list.look().routers()).containsExactlyInAnyOrder("10.0.0.1:9001", "10.0.0.2:9001");

    names.put("peers.team.svc", List.of("10.0.0.2", "10.0.0.3"));
    assertThat(list.look().routers()).containsExactlyInAnyOrder("10.0.0.2:9001", "10.0.0.3:9001");
    assertThat(list.look().complete()).isFalse();
  }

  @Test
  void aNameThatCannotBeLookedUpKeepsItsLastAddresses() {
    var list = list("peers.team.svc:9001");
    names.put("peers.team.svc", List.of("10.0.0.1"));
    list.look();
    names.clear();

    PeerList.Look look = list.look();

    assertThat(look.routers()).containsExactly("10.0.0.1:9001");
    assertThat(look.problem()).contains("peers.team.svc");
  }

  @Test
  void whoThePeersAreIsNotKnownBeforeEveryNameWasFound() {
    var list = list("peers.team.svc:9001", "10.0.0.9:9001");

    assertThat(list.look().known()).isFalse();
    names.put("peers.team.svc", List.of("10.0.0.1"));
    assertThat(list.look().known()).isTrue();
    names.clear();
    assertThat(list.look().known()).isTrue();
  }

  private PeerList list(String... given) {
    return new PeerList(List.of(given).stream().map(Address::parse).toList(), this::lookUp);
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    List<String> found = names.get(host);
    if (found == null) {
      throw new UnknownHostException(host);
    }
    return found.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }
}
