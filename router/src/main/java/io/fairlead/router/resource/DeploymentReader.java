package io.fairlead.router.resource;

import io.fairlead.router.model.Address;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Names;
import io.fairlead.router.model.Replica;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.RequestSettings.Coordination;
import io.fairlead.router.model.RequestSettings.OnClientGone;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScaleTargetRef;
import io.fairlead.router.model.Scoring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code kind: OnlineDeployment}. */
public final class DeploymentReader {
  private static final String PATH = "a path that starts with /, without query";

  private static final String ADDRESSES = "a list of addresses, such as [\"127.0.0.1:5001\"]";

  private DeploymentReader() {}

  /** Returns what is declared; null if it cannot be told which deployment of which endpoint. */
  public static @Nullable Declared<DeploymentKey, Deployment> read(Fields root, Metadata metadata) {
    return read(root, metadata, false);
  }

  /** As {@link #read(Fields, Metadata)}; pods may stand in for addresses where they are seen. */
  static @Nullable Declared<DeploymentKey, Deployment> read(
      Fields root, Metadata metadata, boolean podsAreSeen) {
    Fields spec =
        root.section(DeploymentFields.SPEC, podsAreSeen ? List.of() : List.of("selector"));
    if (spec == null) {
      if (root.value("spec") == null) {
        root.missing("spec", "a mapping with endpointName and addresses");
      }
      return null;
    }
    Node named = spec.value("name") == null ? metadata.named() : spec.at("name");
    String name = name(spec, metadata);
    String endpoint =
        spec.requiredText(DeploymentFields.ENDPOINT_NAME, Names::isValid, "an endpoint's name");
    List<Replica> replicas = replicas(spec, podsAreSeen);
    Scoring scoring = scoring(spec);
    if (spec.value("addresses") == null) {
      scoring = scoring.withoutHealthPath(); // the readiness of pods is the cluster's business
    }
    RequestSettings requestSettings = requestSettings(spec);
    ScaleSettings scaleSettings = ScaleFields.settings(spec);
    int instanceCount = ScaleFields.instanceCount(spec);
    ScaleTargetRef scaleTargetRef = ScaleFields.target(spec);
    if (name == null || endpoint == null) {
      return null;
    }
    DeploymentKey key = new DeploymentKey(metadata.namespace(), endpoint, name);
    if (name.length() + endpoint.length() > 62) {
      spec.findings()
          .unexpected(named, "spec.name", "62 characters at most with the endpoint's name");
      return new Declared<>(root.findings(), key, named, spec, null);
    }
    Deployment deployment =
        new Deployment(
            key, replicas, scoring, requestSettings, scaleSettings, instanceCount, scaleTargetRef);
    return new Declared<>(root.findings(), key, named, spec, deployment);
  }

  private static @Nullable String name(Fields spec, Metadata metadata) {
    if (spec.value("name") != null) {
      return spec.text(DeploymentFields.NAME, Names::isValid, Names.EXPECTED);
    }
    String name = metadata.name();
    if (name != null && !Names.isValid(name)) {
      spec.findings()
          .unexpected(metadata.named(), "metadata.name", Names.EXPECTED + "; or give spec.name");
      return null;
    }
    return name;
  }

  private static List<Replica> replicas(Fields spec, boolean podsAreSeen) {
    List<Replica> replicas = new ArrayList<>();
    if (spec.value("addresses") == null && !podsAreSeen) {
      spec.missing("addresses", ADDRESSES);
    } else if (spec.value("addresses") != null && spec.value("selector") != null && podsAreSeen) {
      spec.findings()
          .add(spec.at("selector"), "spec.selector: with addresses (expected: one of the two)");
    }
    List<Node> items = spec.items(DeploymentFields.ADDRESSES);
    for (int i = 0; i < items.size(); i++) {
      Node item = items.get(i);
      String path = "spec.addresses[" + i + "]";
      Replica replica = replica(Fields.textOf(item));
      if (replica == null) {
        spec.findings()
            .unexpected(item, path, "IPv4:port, [IPv6]:port or localhost:port; no other names");
      } else if (replicas.contains(replica)) {
        spec.findings().add(item, path + ": " + replica + " is listed twice (expected: once)");
      } else {
        replicas.add(replica);
      }
    }
    return replicas;
  }

  /** The data path asks no name server, so {@code localhost} is the one name it knows. */
  private static @Nullable Replica replica(@Nullable String text) {
    Address address = text == null ? null : Address.parse(text);
    if (address == null || address.port() == 0) {
      return null;
    }
    if (address.host().equals("localhost")) {
      return new Replica("127.0.0.1", address.port());
    }
    return Address.isLiteral(address.host()) ? new Replica(address.host(), address.port()) : null;
  }

  private static Scoring scoring(Fields spec) {
    Fields fields = spec.section(DeploymentFields.SCORING);
    if (fields == null) {
      return Scoring.DEFAULT;
    }
    int port = (int) fields.whole(DeploymentFields.PORT);
    String path = fields.text(DeploymentFields.PATH, PathText::isCanonical, PATH);
    String protocol = fields.word(DeploymentFields.PROTOCOL);
    String healthPath = fields.text(DeploymentFields.HEALTH_PATH, PathText::isCanonical, PATH);
    return new Scoring(
        port,
        path == null ? Scoring.DEFAULT.path() : path,
        protocol.equals("h2c") ? Scoring.Protocol.H2C : Scoring.Protocol.HTTP1,
        healthPath);
  }

  private static RequestSettings requestSettings(Fields spec) {
    Fields fields = spec.section(DeploymentFields.REQUEST_SETTINGS);
    if (fields == null) {
      return RequestSettings.DEFAULT;
    }
    long timeout = fields.whole(DeploymentFields.REQUEST_TIMEOUT_MS);
    int concurrent = (int) fields.whole(DeploymentFields.MAX_CONCURRENT_REQUESTS);
    long wait = fields.whole(DeploymentFields.MAX_QUEUE_WAIT_MS);
    int length =
        (int)
            fields.whole(
                DeploymentFields.MAX_QUEUE_LENGTH, RequestSettings.DEFAULT.maxQueueLength());
    int prefix = (int) fields.whole(DeploymentFields.BODY_PREFIX_BYTES);
    // Without a bound on slots nothing is gained by holding one for a caller who has left.
    String gone = fields.word(DeploymentFields.ON_CLIENT_GONE, concurrent == 0 ? "cancel" : "hold");
    boolean idempotent = fields.flag(DeploymentFields.IDEMPOTENT);
    boolean hedging = fields.flag(DeploymentFields.HEDGING);
    if (hedging && !idempotent) {
      fields
          .findings()
          .unexpected(
              fields.at("hedging"), fields.path("hedging"), "false, or idempotent: true beside it");
      hedging = false;
    }
    String coordination = fields.word(DeploymentFields.COORDINATION);
    return new RequestSettings(
        Duration.ofMillis(timeout),
        concurrent,
        Duration.ofMillis(wait),
        length,
        prefix,
        gone.equals("hold") ? OnClientGone.HOLD : OnClientGone.CANCEL,
        idempotent,
        hedging,
        coordination.equals("strict") ? Coordination.STRICT : Coordination.AVAILABLE);
  }
}
