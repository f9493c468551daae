package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Every model server, with the requests that are under way to it. Shouts when it sees one more. */
final class Models {
  private final Map<Replica, Set<Object>> running = new HashMap<>();
  private final int limit;
  long started;

  Models(int limit) {
    this.limit = limit;
  }

  void begin(Replica replica, Object request) {
    Set<Object> requests = running.computeIfAbsent(replica, r -> new HashSet<>());
    requests.add(request);
    started++;
    if (requests.size() > limit) {
      throw new AssertionError(
          replica + " has " + requests.size() + " requests (expected: at most " + limit + ")");
    }
  }

  void end(Replica replica, Object request) {
    running.getOrDefault(replica, Set.of()).remove(request);
  }

  int inFlight(Replica replica) {
    return running.getOrDefault(replica, Set.of()).size();
  }

  int inFlight() {
    return running.values().stream().mapToInt(Set::size).sum();
  }
}
