package io.fairlead.router.resource;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.Mirror;
import io.fairlead.router.model.Names;
import io.fairlead.router.model.Traffic;
import io.fairlead.router.model.TrafficSplit;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code kind: OnlineEndpoint}. */
public final class EndpointReader {
  private EndpointReader() {}

  /** Returns what is declared; null if it has no name to be known by. */
  public static @Nullable Declared<EndpointKey, Endpoint> read(
      Fields root, Metadata metadata, Secrets secrets) {
    String name = metadata.name();
    if (name != null && !Names.isValid(name)) {
      root.findings().unexpected(metadata.named(), "metadata.name", Names.EXPECTED);
      name = null;
    }
    Fields spec = root.section(EndpointFields.SPEC);
    if (root.value("spec") == null) {
      root.missing("spec", "a mapping with authMode and traffic");
    }
    Fields traffic = spec == null ? null : spec.names(EndpointFields.TRAFFIC);
    Endpoint endpoint =
        spec == null
            ? null
            : endpoint(spec, metadata, name, traffic(spec, split(spec, traffic)), secrets);
    return name == null
        ? null
        : new Declared<>(
            root.findings(),
            new EndpointKey(metadata.namespace(), name),
            metadata.named(),
            spec,
            endpoint);
  }

  private static @Nullable Endpoint endpoint(
      Fields spec, Metadata metadata, @Nullable String name, Traffic traffic, Secrets secrets) {
    Access access = new AccessReader(spec, metadata.namespace(), secrets).read(name);
    List<String> allowedPaths = allowedPaths(spec);
    boolean webSocket = spec.flag(EndpointFields.WEB_SOCKET);
    String publicBaseUrl =
        spec.text(
            EndpointFields.PUBLIC_BASE_URL,
            EndpointReader::isBaseUrl,
            "an http or https URL without query, such as https://models.example.com");
    return name == null
        ? null
        : new Endpoint(
            metadata.namespace(), name, access, traffic, allowedPaths, webSocket, publicBaseUrl);
  }

  private static Traffic traffic(Fields spec, TrafficSplit split) {
    String sticky =
        spec.text(EndpointFields.STICKY_HEADER, text -> true, "the name of a request header field");
    return new Traffic(
        split, mirror(spec, split), sticky == null ? null : sticky.toLowerCase(Locale.ROOT));
  }

  private static @Nullable Mirror mirror(Fields spec, TrafficSplit split) {
    Fields shares = spec.names(EndpointFields.MIRROR_TRAFFIC);
    if (shares == null || !shares.keys().iterator().hasNext()) {
      return null;
    }
    String name = shares.keys().iterator().next();
    if (!Names.isValid(name)) {
      shares
          .findings()
          .unexpected(
              shares.keyAt(name), "spec.mirrorTraffic", "a deployment's name: " + Names.EXPECTED);
      return null;
    }
    int percent = (int) shares.whole(name, 0, 1, 50, "whole percent 1 to 50");
    if (split.percent().getOrDefault(name, 0) > 0) {
      shares
          .findings()
          .add(
              shares.keyAt(name),
              "spec.mirrorTraffic: "
                  + name
                  + " is in traffic (expected: a deployment without live traffic)");
      return null;
    }
    return percent == 0 ? null : new Mirror(name, percent);
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
    return spec.texts(
        EndpointFields.ALLOWED_PATHS,
        PathText::isCanonical,
        "a prefix that starts with /, plain, without query and dot segments");
  }

  private static boolean isBaseUrl(String text) {
    return isUrl(text) && URI.create(text).getQuery() == null;
  }

  /** Returns whether {@code text} is an http or https URL of a host, without user and fragment. */
  static boolean isUrl(String text) {
    try {
      URI url = new URI(text);
      return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getUserInfo() == null
          && url.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
