package io.fairlead.router.jwks;

import io.fairlead.router.auth.KeySetReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks over HTTP/1.1 with the JDK's client: the certificate of an {@code https} server is checked,
 * a redirect is not followed, and time and size are bounded.
 */
public final class HttpFetch implements Fetch, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final Executor executor;
  private final Duration patience;
  private final @Nullable Callable<SSLContext> trust;
  private @Nullable SSLContext trusted; // by the client
  private @Nullable HttpClient client; // made with the first question: most routers ask none

  /**
   * Makes a client that does nothing yet.
   *
   * @param executor runs what the client does with an answer
   * @param patience longest time for a whole answer
   * @param trust asked with each question whose certificates are trusted: another context once that
   *     has changed; null for the trust of the JDK
   */
  public HttpFetch(Executor executor, Duration patience, @Nullable Callable<SSLContext> trust) {
    this.executor = executor;
    this.patience = patience;
    this.trust = trust;
  }

  @Override
  public String get(URI uri) throws FetchFailure, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> asked =
        client()
            .sendAsync(
                HttpRequest.newBuilder(uri).header("accept", "application/json").build(),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), KeySetReader.MAX_LENGTH));
    try {
      HttpResponse<byte[]> answer = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != 200) {
        throw new FetchFailure("status " + answer.statusCode() + " (expected: 200)");
      }
      return new String(answer.body(), StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw new FetchFailure("no whole answer (expected: within " + patience.toMillis() + " ms)");
    } catch (ExecutionException e) {
      throw new FetchFailure(reason(e.getCause() == null ? e : e.getCause()));
    } finally {
      asked.cancel(true); // closes the connection if the answer is still on its way
    }
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }

  private synchronized HttpClient client() throws FetchFailure {
    SSLContext now = trustedNow();
    HttpClient there = client;
    if (there != null && !Objects.equals(now, trusted)) {
      there.shutdown(); // what it is asking goes on
      there = null;
    }
    if (there == null) {
      HttpClient.Builder made =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT)
              .executor(executor);
      if (now != null) {
        made.sslContext(now);
      }
      there = made.build();
      client = there;
      trusted = now;
    }
    return there;
  }

  private @Nullable SSLContext trustedNow() throws FetchFailure {
    try {
      return trust == null ? null : trust.call();
    } catch (Exception e) {
      throw new FetchFailure("whose certificates are trusted: " + e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
