package io.fairlead.router.admin;

import io.fairlead.router.control.Check;
import io.fairlead.router.control.Health;
import io.fairlead.router.control.RouterStatus;
import io.fairlead.router.control.Scraper;
import io.fairlead.router.model.ClusterState;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the admin port answers to which path. */
public final class AdminPages {
  static final String ALLOW = "GET, HEAD";

  private static final Logger LOG = LoggerFactory.getLogger(AdminPages.class);

  private final Health health;
  private final Scraper scraper;
  private final RouterStatus status;
  private final Supplier<ClusterState> state;
  private final InstantSource clock;

  public AdminPages(
      Health health,
      Scraper scraper,
      RouterStatus status,
      Supplier<ClusterState> state,
      InstantSource clock) {
    this.health = health;
    this.scraper = scraper;
    this.status = status;
    this.state = state;
    this.clock = clock;
  }

  Page answer(HttpRequest request) {
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return Page.text(405, "method not allowed: " + request.method() + " (expected: GET or HEAD)");
    }
    int query = request.uri().indexOf('?');
    String path = query < 0 ? request.uri() : request.uri().substring(0, query);
    return switch (path) {
      // alive means that this loop still answers; it depends on nothing else
      case "/livez" -> Page.text(200, "ok");
      case "/readyz" -> readiness(query >= 0 && isVerbose(request.uri().substring(query + 1)));
      case "/healthz" -> readiness(false);
      case "/metrics" -> metrics(request);
      case "/" -> Page.html(StatusPage.render(view()));
      case "/debug/status" -> Page.json(StatusJson.render(view()));
      default ->
          Page.text(
              404, "not found (expected: / /livez /readyz /healthz /metrics or /debug/status)");
    };
  }

  private static boolean isVerbose(String query) {
    return List.of(query.split("&", -1)).stream()
        .anyMatch(field -> field.equals("verbose") || field.startsWith("verbose="));
  }

  private Page readiness(boolean verbose) {
    List<Check> checks = health.checks();
    boolean ready = checks.stream().allMatch(Check::passes);
    StringBuilder text = new StringBuilder();
    if (verbose) {
      for (Check check : checks) {
        text.append(check.passes() ? "[+] " : "[-] ");
        text.append(check.name()).append(": ").append(check.detail()).append('\n');
      }
    }
    return Page.text(ready ? 200 : 503, text.append(ready ? "ok" : "not ready").toString());
  }

  private Page metrics(HttpRequest request) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 * 1024);
    try {
      String type = scraper.scrape(out, request.headers().get(HttpHeaderNames.ACCEPT));
      return new Page(200, type, out.toByteArray());
    } catch (IOException | RuntimeException e) {
      // a broken gauge must not cost the operator the connection without a word
      LOG.warn("scrape failed", e);
      return Page.text(500, "scrape failed: the log says why");
    }
  }

  private StatusView view() {
    return StatusView.of(status, state.get(), health.checks(), clock.instant());
  }
}
