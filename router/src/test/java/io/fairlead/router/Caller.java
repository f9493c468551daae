package io.fairlead.router;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A caller of one router over HTTP/1.1. */
final class Caller implements AutoCloseable {
  static final String SCORE = "/api/v1/endpoint/echo/score";

  private final RouterProcess router;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Soon.PATIENCE)
          .build();

  Caller(RouterProcess router) {
    this.router = router;
  }

  /** Scores {@code body} at the endpoint {@code echo}. */
  HttpResponse<String> score(String body) throws IOException, InterruptedException {
    return client.send(scoring(body), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> scoreLater(String body) {
    return client.sendAsync(scoring(body), BodyHandlers.ofString());
  }

  private HttpRequest scoring(String body) {
    return request("http", SCORE)
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  /** Asks the admin port. */
  HttpResponse<String> admin(String path) throws IOException, InterruptedException {
    return client.send(request("admin", path).build(), BodyHandlers.ofString());
  }

  /** Returns the value of one series of {@code /metrics}, labels in the order of their names. */
  double metric(String series) throws IOException, InterruptedException {
    return Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$")
        .matcher(admin("/metrics").body())
        .results()
        .map((MatchResult found) -> Double.parseDouble(found.group(1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no series " + series));
  }

  private HttpRequest.Builder request(String listener, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + router.port(listener) + path))
        .timeout(Soon.PATIENCE);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
