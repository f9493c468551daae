package io.fairlead.router.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.fairlead.router.control.BuildInfo;
import io.fairlead.router.control.Check;
import io.fairlead.router.control.ClusterContact;
import io.fairlead.router.control.DeploymentLoad;
import io.fairlead.router.control.FleetState;
import io.fairlead.router.control.Reload;
import io.fairlead.router.dispatch.Candidate;
import io.fairlead.router.dispatch.Load;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** The status page: one look at what is served and how it does. No script, nothing from outside. */
final class StatusPage {
  private static final String STYLE =
      """
      :root{color-scheme:light dark;--line:#8884;--bad:#c62828;--good:#2e7d32}
      body{font:15px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}
      h1{font-size:1.4rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}
      h2 small{font-weight:normal;opacity:.7;margin-left:.5rem}
      dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1.5rem;margin:0}
      dt{opacity:.7}dd{margin:0}
      table{border-collapse:collapse;width:100%}
      th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
      th{font-weight:normal;opacity:.7}td{font-variant-numeric:tabular-nums}
      .good{color:var(--good)}.bad{color:var(--bad)}
      footer{margin-top:2rem;opacity:.7}
      """;

  /** Allows the page's own style, by its digest, and nothing else. */
  static final String SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + digest(STYLE)
          + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private StatusPage() {}

  static String render(StatusView view) {
    Html html = new Html();
    html.markup("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .markup("<meta name=\"viewport\" content=\"width=device-width\">")
        .markup("<title>Fairlead</title><style>")
        .markup(STYLE)
        .markup("</style></head>\n<body><h1>Fairlead ")
        .text(view.build().version())
        .markup("</h1>\n");
    about(html, view);
    checks(html, view);
    if (view.services().isEmpty()) {
      html.markup("<h2>No endpoints</h2>\n<p>Nothing is served yet.</p>\n");
    }
    view.services().forEach(service -> service(html, service));
    return html.markup("<footer><a href=\"/metrics\">metrics</a> · ")
        .markup("<a href=\"/debug/status\">this page as JSON</a></footer></body></html>\n")
        .toString();
  }

  private static void about(Html html, StatusView view) {
    BuildInfo build = view.build();
    Instant notAfter = view.certificateNotAfter();
    html.markup("<dl>\n")
        .term("up for", spoken(view.uptime()))
        .term("commit", build.commit())
        .term(
            "runs on", "Java " + build.java() + ", " + build.transport() + ", " + build.tlsEngine())
        .term("certificate ends", notAfter == null ? "no TLS" : notAfter)
        .term("state", "version " + view.version())
        .term("leader", view.leader().text());
    ClusterContact cluster = view.cluster();
    if (cluster != null) {
      html.term("cluster", spoken(cluster));
    }
    FleetState fleet = view.fleet();
    if (fleet != null) {
      html.term("shares slots", fleet.text());
    }
    for (Reload reload : view.reloads()) {
      String result = reload.accepted() ? "accepted " : "rejected ";
      html.term("last " + reload.what(), result + reload.at() + ": " + reload.detail());
    }
    html.markup("</dl>\n");
  }

  private static void checks(Html html, StatusView view) {
    html.markup("<h2>Readiness</h2>\n<dl>\n");
    for (Check check : view.checks()) {
      html.markup("<dt>")
          .text(check.name())
          .markup(check.passes() ? "</dt><dd class=\"good\">" : "</dt><dd class=\"bad\">")
          .text(check.passes() ? "passes" : "fails")
          .text(": " + check.detail())
          .markup("</dd>\n");
    }
    html.markup("</dl>\n");
  }

  private static void service(Html html, StatusView.Service service) {
    html.markup("<h2>")
        .text(service.endpoint().name())
        .markup("<small>")
        .text(
            service.endpoint().namespace()
                + " · "
                + service.endpoint().access().authentication().mode().text())
        .markup("</small></h2>\n<table><tr><th>deployment<th>traffic<th>in flight<th>limit")
        .markup("<th>queued<th>ready<th>ejected<th>draining<th>replicas</tr>\n");
    for (DeploymentLoad deployment : service.deployments()) {
      Load load = deployment.load();
      html.markup("<tr>")
          .cell(deployment.deployment().name())
          .cell(service.percentOf(deployment) + " %")
          .cell(load.inFlight())
          .cell(load.limit() == 0 ? "none" : load.limit() + " each")
          .cell(load.queued() + " of " + load.queueLimit())
          .cell(load.readyReplicas())
          .cell(load.ejectedReplicas())
          .cell(load.drainingReplicas())
          .cell(deployment.replicas().stream().map(StatusPage::replica).collect(joining(", ")))
          .markup("</tr>\n");
    }
    html.markup("</table>\n");
  }

  private static String replica(Candidate replica) {
    return replica.replica()
        + " ("
        + replica.inFlight()
        + " in flight, "
        + replica.standing().text()
        + ")";
  }

  private static String spoken(ClusterContact cluster) {
    String heard = cluster.server() + ", heard " + cluster.silentNanos() / 1_000_000_000 + " s ago";
    String problem = cluster.problem().isEmpty() ? "" : ": " + cluster.problem();
    String matters =
        cluster.conditions().stream()
            .map(each -> each.resources() + " " + each.kind() + " " + each.condition())
            .collect(joining(", "));
    return heard + problem + (matters.isEmpty() ? "" : "; " + matters);
  }

  private static String spoken(Duration uptime) {
    return "%d d %02d:%02d:%02d"
        .formatted(
            uptime.toDays(), uptime.toHoursPart(), uptime.toMinutesPart(), uptime.toSecondsPart());
  }

  private static String digest(String style) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder().encodeToString(sha256.digest(style.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
