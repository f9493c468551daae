package io.fairlead.router.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The volumes and variables of a pod's container, below a folder of its own: the container gets no
 * file system, so paths in its arguments are those of the folder.
 */
final class PodFiles {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\(([A-Za-z_]+)\\)");

  private final ApiServer server;
  private final JsonNode pod;
  private final String namespace;
  private final Path folder;
  private final String address;
  private final Map<String, Path> mounts = new HashMap<>();

  PodFiles(ApiServer server, JsonNode pod, Path folder, String address) {
    this.server = server;
    this.pod = pod;
    this.namespace = pod.at("/metadata/namespace").asString();
    this.folder = folder;
    this.address = address;
  }

  /** Writes everything, and returns what the container is started with. */
  Container.Start prepare() throws IOException, InterruptedException {
    JsonNode container = pod.at("/spec/containers/0");
    for (JsonNode mount : container.path("volumeMounts")) {
      mount(mount.path("mountPath").asString(), volume(mount.path("name").asString()));
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    if (pod.at("/spec/automountServiceAccountToken").asBoolean(false)) {
      environment.putAll(serviceAccount());
    }
    for (JsonNode variable : container.path("env")) {
      environment.put(variable.path("name").asString(), value(variable));
    }
    List<String> arguments = new ArrayList<>();
    for (JsonNode argument : container.path("args")) {
      arguments.add(inFolder(expand(argument.asString(), environment)));
    }
    return new Container.Start(
        pod.at("/metadata/name").asString(),
        address,
        arguments,
        environment,
        folder.resolve("container.log"));
  }

  private JsonNode volume(String name) {
    for (JsonNode volume : pod.at("/spec/volumes")) {
      if (volume.path("name").asString().equals(name)) {
        return volume;
      }
    }
    throw new AssertionError("no volume " + name + " in " + pod.at("/spec/volumes"));
  }

  private void mount(String path, JsonNode volume) throws IOException, InterruptedException {
    Path target = Files.createDirectories(folder.resolve(path.substring(1)));
    mounts.put(path, target);
    if (volume.has("configMap")) {
      JsonNode data = get("configmaps/" + volume.at("/configMap/name").asString()).path("data");
      for (var file : data.properties()) {
        Files.writeString(target.resolve(file.getKey()), file.getValue().asString());
      }
    } else if (volume.has("secret")) {
      JsonNode data = get("secrets/" + volume.at("/secret/secretName").asString()).path("data");
      for (var file : data.properties()) {
        byte[] content = Base64.getDecoder().decode(file.getValue().asString());
        Files.write(target.resolve(file.getKey()), content);
      }
    } else if (!volume.has("emptyDir")) {
      throw new AssertionError(volume + ": unknown (expected: configMap, secret or emptyDir)");
    }
  }

  /** What a pod finds below {@code /var/run/secrets}, told by variables as it is elsewhere here. */
  private Map<String, String> serviceAccount() throws IOException, InterruptedException {
    String account = pod.at("/spec/serviceAccountName").asString();
    var answer =
        server.send(
            "POST",
            "/api/v1/namespaces/" + namespace + "/serviceaccounts/" + account + "/token",
            "{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\"}");
    Path target = Files.createDirectories(folder.resolve("serviceaccount"));
    String token = JSON.readTree(answer.body()).at("/status/token").asString();
    URI url = URI.create(server.url());
    return Map.of(
        "KUBERNETES_SERVICE_HOST",
        url.getHost(),
        "KUBERNETES_SERVICE_PORT",
        String.valueOf(url.getPort()),
        "KUBERNETES_AUTH_TRYKUBECONFIG",
        "false",
        "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
        write(target.resolve("token"), token),
        "KUBERNETES_CERTS_CA_FILE",
        write(target.resolve("ca.crt"), server.certificates()),
        "KUBENAMESPACE",
        write(target.resolve("namespace"), namespace));
  }

  private static String write(Path file, String content) throws IOException {
    return Files.write(file, content.getBytes(UTF_8)).toString();
  }

  private String value(JsonNode variable) {
    return switch (variable.at("/valueFrom/fieldRef/fieldPath").asString("")) {
      case "" -> variable.path("value").asString("");
      case "metadata.name" -> pod.at("/metadata/name").asString();
      case "metadata.namespace" -> namespace;
      case "status.podIP" -> address;
      default -> throw new AssertionError(variable + ": unknown field");
    };
  }

  private static String expand(String argument, Map<String, String> environment) {
    return VARIABLE
        .matcher(argument)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(environment.getOrDefault(found.group(1), found.group())));
  }

  /** An option's value that is a path of a volume: the folder's own path may look like one too. */
  private String inFolder(String argument) {
    for (var mount : mounts.entrySet()) {
      String begin = "=" + mount.getKey() + "/";
      if (argument.contains(begin)) {
        return argument.replace(begin, "=" + mount.getValue() + "/");
      }
    }
    return argument;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(server.get("/api/v1/namespaces/" + namespace + "/" + path).body());
  }
}
