package io.fairlead.router.manifest;

import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Names;
import io.fairlead.router.model.TrafficSplit;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code kind: OnlineEndpoint}. */
final class EndpointReader {
  private static final List<String> KNOWN =
      List.of(
          "authMode",
          "traffic",
          "allowedPaths",
          "webSocket",
          "forwardAuthorization",
          "maxRequestBytes",
          "publicBaseUrl");

  private static final List<String> LATER =
      List.of(
          "authSecretRef",
          "token",
          "clientCertificate",
          "mirrorTraffic",
          "stickyHeader",
          "cors",
          "rateLimit");

  private static final List<String> LATER_MODES =
      List.of(AuthMode.KEY.text(), AuthMode.AML_TOKEN.text(), AuthMode.AAD_TOKEN.text());

  private static final String WRITTEN_NONE = "None, written explicitly";

  private EndpointReader() {}

  /** Returns what is declared; null if it has no name to be known by. */
  static @Nullable Declared<EndpointKey, Endpoint> read(Fields root, Metadata metadata) {
    String name = metadata.name();
    if (name != null && !Names.isValid(name)) {
      root.findings().unexpected(metadata.named(), "metadata.name", Names.EXPECTED);
      name = null;
    }
    Fields spec = root.section("spec", KNOWN, LATER);
    if (root.value("spec") == null) {
      root.missing("spec", "a mapping with authMode and traffic");
    }
    Fields traffic = spec == null ? null : spec.names("traffic");
    Endpoint endpoint = spec == null ? null : endpoint(spec, metadata, name, split(spec, traffic));
    return name == null
        ? null
        : new Declared<>(
            root.findings(),
            new EndpointKey(metadata.namespace(), name),
            metadata.named(),
            traffic,
            endpoint);
  }

  private static @Nullable Endpoint endpoint(
      Fields spec, Metadata metadata, @Nullable String name, TrafficSplit traffic) {
    AuthMode authMode = authMode(spec);
    List<String> allowedPaths = allowedPaths(spec);
    if (spec.flag("webSocket", false)) {
      spec.notYet("webSocket", "true", "false");
    }
    boolean forwardAuthorization = spec.flag("forwardAuthorization", false);
    long maxRequestBytes =
        spec.whole("maxRequestBytes", 0, 1, Long.MAX_VALUE, "a whole number of bytes, 1 or more");
    String publicBaseUrl =
        spec.text(
            "publicBaseUrl",
            EndpointReader::isBaseUrl,
            "an http or https URL without query, such as https://models.example.com");
    return name == null
        ? null
        : new Endpoint(
            metadata.namespace(),
            name,
            authMode,
            traffic,
            allowedPaths,
            forwardAuthorization,
            maxRequestBytes,
            publicBaseUrl);
  }

  private static AuthMode authMode(Fields spec) {
    Node value = spec.value("authMode");
    if (value == null) {
      spec.findings()
          .add(
              spec.at("authMode"),
              "spec.authMode: missing means Key, which is not available in this version (expected: "
                  + WRITTEN_NONE
                  + ")");
      return AuthMode.NONE;
    }
    String text = Fields.textOf(value);
    if (text != null && LATER_MODES.contains(text)) {
      spec.notYet("authMode", text, WRITTEN_NONE);
    } else if (!AuthMode.NONE.text().equals(text)) {
      spec.findings().unexpected(value, "spec.authMode", WRITTEN_NONE);
    }
    return AuthMode.NONE;
  }

  private static TrafficSplit split(Fields spec, @Nullable Fields shares) {
    if (shares == null) {
      return TrafficSplit.EMPTY;
    }
    Map<String, Integer> percent = new LinkedHashMap<>();
    boolean sound = true;
    int sum = 0;
    for (String name : shares.keys()) {
      if (!Names.isValid(name)) {
        shares
            .findings()
            .unexpected(
                shares.keyAt(name), "spec.traffic", "a deployment's name: " + Names.EXPECTED);
        sound = false;
        continue;
      }
      int share = (int) shares.whole(name, -1, 0, 100, "whole percent 0 to 100");
      sound &= share >= 0;
      sum += share;
      percent.put(name, share);
    }
    if (sound && sum != 0 && sum != 100) {
      spec.findings()
          .add(spec.keyAt("traffic"), "spec.traffic: sum is " + sum + " (expected: 0 or 100)");
      sound = false;
    }
    return sound ? new TrafficSplit(percent) : TrafficSplit.EMPTY;
  }

  private static List<String> allowedPaths(Fields spec) {
    List<String> paths = new ArrayList<>();
    List<Node> items = spec.items("allowedPaths");
    for (int i = 0; i < items.size(); i++) {
      String text = Fields.textOf(items.get(i));
      if (text != null && text.startsWith("/") && PathText.isCanonical(text)) {
        paths.add(text);
      } else {
        spec.findings()
            .unexpected(
                items.get(i),
                "spec.allowedPaths[" + i + "]",
                "a prefix that starts with /, plain, without query and dot segments");
      }
    }
    return paths;
  }

  private static boolean isBaseUrl(String text) {
    try {
      URI url = new URI(text);
      return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getUserInfo() == null
          && url.getQuery() == null
          && url.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
