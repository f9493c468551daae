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
  private static final String EXPLAIN = "/debug/explain";

  private static final Logger LOG = LoggerFactory.getLogger(AdminPages.class);

  private final Health health;
  private final Scraper scraper;
  private final RouterStatus status;
  private final Supplier<ClusterState> state;
  private final InstantSource clock;
  private final DebugPages debug;

  public AdminPages(
      Health health,
      Scraper scraper,
      RouterStatus status,
      Supplier<ClusterState> state,
      InstantSource clock,
      DebugPages debug) {
    this.health = health;
    this.scraper = scraper;
    this.status = status;
    this.state = state;
    this.clock = clock;
    this.debug = debug;
  }

  /** Returns whether the request may have a body: only a question does. */
  static boolean takesBody(HttpRequest request) {
    return request.method().equals(HttpMethod.POST) && path(request).equals(EXPLAIN);
  }

  /** Returns the methods that the path of {@code request} allows. */
  static String allowed(HttpRequest request) {
    return path(request).equals(EXPLAIN) ? "POST" : "GET, HEAD";
  }

  private static String path(HttpRequest request) {
    int query = request.uri().indexOf('?');
    return query < 0 ? request.uri() : request.uri().substring(0, query);
  }

  private static String query(HttpRequest request) {
    int query = request.uri().indexOf('?');
    return query < 0 ? "" : request.uri().substring(query + 1);
  }

  Page answer(HttpRequest request, byte[] body) {
    if (takesBody(request)) {
      return debug.explain(body);
    }
    String allowed = allowed(request);
    if (!List.of(allowed.split(", ")).contains(request.method().name())) {
      return Page.text(
          405, "method not allowed: " + request.method() + " (expected: " + allowed + ")");
    }
    return switch (path(request)) {
      // alive means that this loop still answers; it depends on nothing else
      case "/livez" -> Page.text(200, "ok");
      case "/readyz" -> readiness(isVerbose(query(request)));
      case "/healthz" -> readiness(false);
      case "/metrics" -> metrics(request);
      case "/" -> Page.html(StatusPage.render(view()));
      case "/debug/status" -> Page.json(StatusJson.render(view()));
      case "/debug/decisions" -> debug.decisions(query(request));
      case "/debug/scaling" -> debug.scaling(query(request));
      case "/debug/slots" -> debug.slots();
      case "/debug/scaling/trace" -> debug.loadTrace(query(request));
      default ->
          Page.text(
              404,
              "not found (expected: / /livez /readyz /healthz /metrics /debug/status"
                  + " /debug/decisions /debug/scaling /debug/scaling/trace /debug/slots or /debug/explain)");
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
