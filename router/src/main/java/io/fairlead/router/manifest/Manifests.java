package io.fairlead.router.manifest;

import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.resource.Declared;
import io.fairlead.router.resource.DeploymentReader;
import io.fairlead.router.resource.Documents;
import io.fairlead.router.resource.EndpointKey;
import io.fairlead.router.resource.EndpointReader;
import io.fairlead.router.resource.Fields;
import io.fairlead.router.resource.Findings;
import io.fairlead.router.resource.Metadata;
import io.fairlead.router.resource.Problem;
import io.fairlead.router.resource.SecretReader;
import io.fairlead.router.resource.Secrets;
import io.fairlead.router.resource.Spelling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a set of files into one state, or into everything that is wrong with them. Used once. */
final class Manifests {
  static final int MAX_DOCUMENTS = 10_000;

  private static final Map<String, String> API_VERSIONS = apiVersions();
  private static final List<String> RESOURCE = List.of("apiVersion", "kind", "metadata", "spec");

  private final List<Findings> files = new ArrayList<>();
  private final Map<String, String> objects = new LinkedHashMap<>();
  private final Map<EndpointKey, Declared<EndpointKey, Endpoint>> endpoints = new LinkedHashMap<>();
  private final Map<DeploymentKey, Declared<DeploymentKey, Deployment>> deployments =
      new LinkedHashMap<>();
  private final Secrets secrets = new Secrets();

  /** What names Secrets is read when all files have told theirs. */
  private final List<Runnable> waiting = new ArrayList<>();

  private int documents;
  private int secretCount;

  /**
   * Reads files.
   *
   * @param contents by name, in the order that decides which of two endpoints comes first
   */
  static Reading read(Map<String, byte[]> contents, long version) {
    Manifests manifests = new Manifests();
    contents.forEach(manifests::readFile);
    manifests.waiting.forEach(Runnable::run);
    // What a broken file might have declared is not reported missing on top.
    if (manifests.files.stream().noneMatch(Findings::isIncomplete)) {
      manifests.files.forEach(Findings::settle);
      manifests.deployments.values().forEach(manifests::checkEndpointExists);
      manifests.endpoints.values().forEach(manifests::checkTrafficExists);
    }
    return manifests.result(version, contents.size());
  }

  private static Map<String, String> apiVersions() {
    Map<String, String> versions = new LinkedHashMap<>(); // in the order that messages list them
    versions.put("OnlineEndpoint", "fairlead.dev/v1alpha1");
    versions.put("OnlineDeployment", "fairlead.dev/v1alpha1");
    versions.put("Secret", "v1");
    return versions;
  }

  private void readFile(String name, byte[] content) {
    Findings findings = new Findings(name);
    files.add(findings);
    for (MappingNode document : Documents.read(content, findings)) {
      if (++documents > MAX_DOCUMENTS) {
        findings.markIncomplete();
        findings.add(document, "document: too many (expected: at most " + MAX_DOCUMENTS + ")");
        return;
      }
      readDocument(document, findings);
    }
  }

  private void readDocument(MappingNode document, Findings findings) {
    Fields root = Fields.open(findings, "", document);
    String kind = Fields.textOf(root.value("kind"));
    String apiVersion = kind == null ? null : API_VERSIONS.get(kind);
    if (kind == null || apiVersion == null) {
      findings.markIncomplete();
      String hint = kind == null ? "" : Spelling.hint(kind, API_VERSIONS.keySet());
      root.requiredText(
          "kind", text -> false, Findings.either(List.copyOf(API_VERSIONS.keySet())) + hint);
      return;
    }
    root.allowOnly(kind.equals("Secret") ? SecretReader.KNOWN : RESOURCE, List.of());
    root.requiredText("apiVersion", apiVersion::equals, apiVersion + " for " + kind);
    Metadata metadata = Metadata.read(root);
    switch (kind) {
      case "OnlineEndpoint" ->
          waiting.add(
              () ->
                  add(
                      findings,
                      EndpointReader.read(root, metadata, secrets),
                      endpoints,
                      "metadata.name"));
      case "OnlineDeployment" -> {
        if (add(findings, DeploymentReader.read(root, metadata), deployments, "spec.name")) {
          claimObject(kind, metadata, findings);
        }
      }
      default -> {
        secretCount++;
        secrets.add(metadata, SecretReader.read(root));
        claimObject(kind, metadata, findings);
      }
    }
  }

  /** Adds what is declared; returns false if that was declared before. */
  private <K, V> boolean add(
      Findings findings,
      @Nullable Declared<K, V> declared,
      Map<K, Declared<K, V>> to,
      String path) {
    if (declared == null) {
      findings.markIncomplete();
      return true;
    }
    Declared<K, V> first = to.putIfAbsent(declared.key(), declared);
    if (first == null) {
      return true;
    }
    twice(findings, declared.named(), path, first.findings().place(first.named()));
    return false;
  }

  /** In a cluster a second object of the same kind and name would replace the first. */
  private void claimObject(String kind, Metadata metadata, Findings findings) {
    if (metadata.name() != null) {
      String identity = kind + " " + metadata.namespace() + "/" + metadata.name();
      String first = objects.putIfAbsent(identity, findings.place(metadata.named()));
      if (first != null) {
        twice(findings, metadata.named(), "metadata.name", first);
      }
    }
  }

  private static void twice(Findings findings, Node named, String path, String first) {
    findings.add(
        named,
        path
            + ": "
            + Findings.show(named)
            + " is taken (expected: a name unlike that of "
            + first
            + ")");
  }

  private void checkEndpointExists(Declared<DeploymentKey, Deployment> deployment) {
    DeploymentKey key = deployment.key();
    Fields spec = deployment.fields();
    if (spec == null || endpoints.containsKey(new EndpointKey(key.namespace(), key.endpoint()))) {
      return;
    }
    List<String> names = new ArrayList<>();
    for (EndpointKey endpoint : endpoints.keySet()) {
      if (endpoint.namespace().equals(key.namespace())) {
        names.add(endpoint.name());
      }
    }
    deployment
        .findings()
        .unexpected(
            spec.at("endpointName"),
            "spec.endpointName",
            "an OnlineEndpoint of namespace "
                + key.namespace()
                + Spelling.hint(key.endpoint(), names));
  }

  private void checkTrafficExists(Declared<EndpointKey, Endpoint> endpoint) {
    EndpointKey key = endpoint.key();
    if (endpoint.value() == null) {
      return;
    }
    List<String> names = new ArrayList<>();
    for (DeploymentKey deployment : deployments.keySet()) {
      if (deployment.namespace().equals(key.namespace())
          && deployment.endpoint().equals(key.name())) {
        names.add(deployment.deployment());
      }
    }
    for (String name : endpoint.value().traffic().split().percent().keySet()) {
      checkDeploymentExists(endpoint, "traffic", name, names);
    }
    Mirror mirror = endpoint.value().traffic().mirror();
    if (mirror != null) {
      checkDeploymentExists(endpoint, "mirrorTraffic", mirror.deployment(), names);
    }
  }

  private static void checkDeploymentExists(
      Declared<EndpointKey, Endpoint> endpoint, String section, String name, List<String> names) {
    if (!names.contains(name) && endpoint.fields() != null) {
      endpoint
          .findings()
          .add(
              endpoint.fields().keyAt(section, name),
              "spec."
                  + section
                  + "."
                  + name
                  + ": no such deployment (expected: an OnlineDeployment of endpoint "
                  + endpoint.key().name()
                  + Spelling.hint(name, names)
                  + ")");
    }
  }

  private Reading result(long version, int read) {
    List<Problem> problems = new ArrayList<>();
    for (Findings file : files) {
      List<Problem> sorted = new ArrayList<>(file.problems());
      sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
      problems.addAll(sorted);
    }
    return problems.isEmpty()
        ? new Reading.Accepted(
            new ClusterState(version, values(endpoints), values(deployments)), read, secretCount)
        : new Reading.Refused(problems);
  }

  private static <K, V> List<V> values(Map<K, Declared<K, V>> declared) {
    List<V> values = new ArrayList<>();
    for (Declared<K, V> one : declared.values()) {
      if (one.value() != null) {
        values.add(one.value());
      }
    }
    return values;
  }
}
