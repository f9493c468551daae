package io.fairlead.router.kubernetes;

import io.fairlead.router.resource.ClusterObject;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes news of resources as Events, for whoever asks {@code kubectl describe}. Of one resource
 * and one reason there is one in five minutes: what comes and goes is in the status.
 */
final class EventWriter {
  private static final long AGAIN_NANOS = 300_000_000_000L;

  /** As the API server cuts it (events.k8s.io/v1). */
  private static final int LONGEST_NOTE = 1024;

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private record Key(String uid, String reason) {}

  private final ApiClient client;
  private final String self;
  private final LongSupplier nanos;
  private final Map<Key, Long> writtenAt = new HashMap<>();

  EventWriter(ApiClient client, String self, LongSupplier nanos) {
    this.client = client;
    this.self = self;
    this.nanos = nanos;
  }

  /** Forgets what was written of all others. */
  void forgetOthers(Set<String> uids) {
    writtenAt.keySet().removeIf(key -> !uids.contains(key.uid()));
  }

  void write(ClusterObject object, List<WantedStatus.News> news, Instant now) throws IOException {
    for (WantedStatus.News each : news) {
      Key key = new Key(object.uid(), each.reason());
      Long last = writtenAt.get(key);
      long nowNanos = nanos.getAsLong();
      if (last == null || nowNanos - last >= AGAIN_NANOS) {
        writtenAt.put(key, nowNanos);
        client.create(Paths.events(object.namespace()), event(object, each, now));
      }
    }
  }

  private String event(ClusterObject object, WantedStatus.News news, Instant now) {
    ObjectNode event = JsonTree.object();
    event.put("apiVersion", "events.k8s.io/v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("generateName", object.name().toLowerCase(Locale.ROOT) + "-")
        .put("namespace", object.namespace());
    event
        .put("eventTime", MICROS.format(now))
        .put("reportingController", "fairlead.dev/router")
        .put("reportingInstance", self)
        .put("action", "Serve")
        .put("type", news.isWarning() ? "Warning" : "Normal")
        .put("reason", news.reason())
        .put(
            "note",
            news.message().length() <= LONGEST_NOTE
                ? news.message()
                : news.message().substring(0, LONGEST_NOTE));
    event
        .putObject("regarding")
        .put("apiVersion", "fairlead.dev/v1alpha1")
        .put("kind", object.kind().text())
        .put("namespace", object.namespace())
        .put("name", object.name())
        .put("uid", object.uid());
    return event.toString();
  }
}
