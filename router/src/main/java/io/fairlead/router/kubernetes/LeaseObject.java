package io.fairlead.router.kubernetes;

import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.Reply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Lease of the cluster ({@code coordination.k8s.io/v1}). Its version is the object's, so that the
 * API server refuses (409) what was written without having seen the last write. What others have
 * put beside the fields of an election stays.
 */
public final class LeaseObject implements LeaseStore {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** Whether other routers than the holder take part: of that a Lease has no field. */
  private static final String OTHERS = "fairlead.dev/others";

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final ApiClient client;
  private final String namespace;
  private final String name;
  private @Nullable ObjectNode last; // as the API server said it

  /** Makes the store of the Lease {@code name}, which need not be there yet. */
  public LeaseObject(ApiClient client, String namespace, String name) {
    this.client = client;
    this.namespace = namespace;
    this.name = name;
  }

  @Override
  public Reply read() throws InterruptedException {
    try {
      ObjectNode object = keep(client.get(Paths.leases(namespace) + "/" + name));
      return new Reply.Found(record(object), version(object));
    } catch (ApiFailure e) {
      return e.code() == NOT_FOUND ? new Reply.Absent() : failed(e);
    } catch (IOException e) {
      return failed(e);
    }
  }

  @Override
  public Reply write(LeaseRecord record, @Nullable String version) throws InterruptedException {
    if (record.transitions() > Integer.MAX_VALUE) {
      return new Reply.Failed(
          text()
              + "leaseTransitions: "
              + record.transitions()
              + " (expected: a Lease that is new)");
    }
    try {
      return new Reply.Written(
          version(
              keep(
                  version == null
                      ? client.create(Paths.leases(namespace), object(record, null).toString())
                      : client.replace(
                          Paths.leases(namespace) + "/" + name,
                          object(record, version).toString()))));
    } catch (ApiFailure e) {
      // 404 to a replacement: the Lease is gone. To a creation: its namespace is.
      boolean lost = e.code() == CONFLICT || (e.code() == NOT_FOUND && version != null);
      return lost ? new Reply.Conflict() : failed(e);
    } catch (IOException e) {
      return failed(e);
    }
  }

  private ObjectNode keep(byte[] json) throws IOException {
    if (!(JsonTree.read(json) instanceof ObjectNode object) || version(object).isEmpty()) {
      throw new IOException("no Lease (expected: an object with a resourceVersion)");
    }
    last = object;
    return object;
  }

  private static String version(JsonNode object) {
    return object.path("metadata").path("resourceVersion").asString("");
  }

  private ObjectNode object(LeaseRecord record, @Nullable String version) {
    ObjectNode known = last;
    ObjectNode object =
        version != null && known != null && version(known).equals(version)
            ? known.deepCopy()
            : empty();
    if (version != null) {
      object.withObject("/metadata").put("resourceVersion", version);
    }
    ObjectNode spec = object.withObject("/spec");
    if (record.holder().isEmpty()) {
      spec.putNull("holderIdentity");
    } else {
      spec.put("holderIdentity", record.holder());
    }
    // whole seconds: others may wait longer than this router needs them to, never shorter
    spec.put("leaseDurationSeconds", record.duration().plusMillis(999).toSeconds());
    spec.put("acquireTime", MICROS.format(record.acquired()));
    spec.put("renewTime", MICROS.format(record.renewed()));
    spec.put("leaseTransitions", record.transitions());
    object.withObject("/metadata/annotations").put(OTHERS, "" + record.others());
    return object;
  }

  private ObjectNode empty() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
    object.withObject("/metadata").put("name", name).put("namespace", namespace);
    return object;
  }

  private static LeaseRecord record(JsonNode object) throws IOException {
    JsonNode spec = object.path("spec");
    try {
      return new LeaseRecord(
          spec.path("holderIdentity").asString(""),
          Duration.ofSeconds(spec.path("leaseDurationSeconds").asInt(0)),
          time(spec.path("acquireTime")),
          time(spec.path("renewTime")),
          spec.path("leaseTransitions").asInt(0),
          object.path("metadata").path("annotations").path(OTHERS).asString("").equals("true"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Instant time(JsonNode time) {
    String text = time.asString("");
    return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
  }

  private Reply failed(IOException cause) throws InterruptedException {
    if (cause instanceof InterruptedIOException) {
      throw new InterruptedException("interrupted at " + text());
    }
    return new Reply.Failed(text() + cause.getMessage());
  }

  private String text() {
    return "Lease " + namespace + "/" + name + ": ";
  }
}
