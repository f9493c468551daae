package io.fairlead.router.kubernetes;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The HorizontalPodAutoscalers of each namespace, by what they scale; listed at most once in ten
 * seconds, or two after a failure, so that a server that is away is not waited for by everybody in
 * turn. Thread-safe.
 */
final class ForeignAutoscalers {
  private static final Set<String> UNREAD = Set.of("managedFields", "annotations", "status");
  private static final long AGAIN_NANOS = 10_000_000_000L;
  private static final long FAILED_NANOS = 2_000_000_000L;
  private static final String PAGE = "?limit=500";

  private record Listed(long dueNanos, Map<String, String> names, @Nullable IOException failure) {}

  private final ApiClient client;
  private final LongSupplier nanos;
  private final Map<String, Listed> namespaces = new HashMap<>();

  ForeignAutoscalers(ApiClient client, LongSupplier nanos) {
    this.client = client;
    this.nanos = nanos;
  }

  /** Returns the name of one that scales {@code kind/name}, or null. */
  synchronized @Nullable String of(String namespace, String kind, String name) throws IOException {
    Listed listed = namespaces.get(namespace);
    if (listed == null || listed.dueNanos - nanos.getAsLong() <= 0) {
      listed = look(namespace);
      namespaces.put(namespace, listed);
    }
    if (listed.failure != null) {
      throw listed.failure;
    }
    return listed.names.get(kind + "/" + name);
  }

  private Listed look(String namespace) {
    try {
      Map<String, String> names = list(namespace);
      return new Listed(nanos.getAsLong() + AGAIN_NANOS, names, null);
    } catch (IOException e) {
      return new Listed(nanos.getAsLong() + FAILED_NANOS, Map.of(), e);
    }
  }

  private Map<String, String> list(String namespace) throws IOException {
    Map<String, String> names = new HashMap<>();
    String next = "";
    do {
      String path = Paths.autoscalers(namespace) + PAGE;
      byte[] page = client.get(next.isEmpty() ? path : path + "&continue=" + next);
      next =
          JsonTree.readList(
                  page,
                  UNREAD,
                  item -> {
                    JsonNode target = item.path("spec").path("scaleTargetRef");
                    names.put(
                        target.path("kind").asString("") + "/" + target.path("name").asString(""),
                        item.path("metadata").path("name").asString(""));
                  })
              .next();
    } while (!next.isEmpty());
    return names;
  }
}
