package io.fairlead.router.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fairlead.router.resource.SecretKey;
import io.fairlead.router.resource.SecretLook;
import io.fairlead.router.resource.SecretReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks an API server. How it is found and what it is shown (kubeconfig, service account, client
 * certificate, exec plugin) is fabric8's affair; what is asked, how long it may take and what
 * becomes of a failure is not. Calls block, so each is for a virtual thread.
 *
 * <p>All over HTTP/1.1. Of HTTP/2 an API server takes a hundred streams on a connection, and the
 * JDK's client fails the next request, whatever it is; and a connection that was cut without a word
 * would go on being used for as long as the kernel hopes for it. Here a time-out closes it.
 */
public final class ApiClient implements AutoCloseable {
  /** Who reads a body: that is known with the status, before its first byte. */
  private static final class Target {
    private volatile LineReader reader;

    Target(LineReader reader) {
      this.reader = reader;
    }
  }

  /**
   * The JDK's client, whose every step is taken by the thread that reads its sockets. A pool would
   * be handed what a watch brings once for each layer of it, from thread to thread, which costs
   * half as much again. Nobody may wait on that thread: it decodes, fills a shelf and wakes others.
   */
  private static final class OnReadingThread extends JdkHttpClientFactory {
    @Override
    protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
      return java.net.http.HttpClient.newBuilder().executor(Runnable::run);
    }
  }

  /** Longest time for a whole answer, after the server's name was looked up. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A server that is gone is noticed soon, and so is its return. */
  private static final int CONNECT_MILLIS = 3000;

  private static final String JSON = "application/json";
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;

  private final String master;
  private final @Nullable String namespace;
  private final HttpClient http;

  private ApiClient(Config config) {
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setRequestRetryBackoffLimit(0); // who asks decides when to ask again
    config.setUserAgent("fairlead");
    master = config.getMasterUrl();
    namespace = config.getNamespace();
    http = new OnReadingThread().newBuilder(config).preferHttp11().build();
  }

  /**
   * Opens what {@code kubeconfig} names; null for what the process finds by itself: the variable
   * KUBECONFIG, a file in the home directory, or the service account of its pod.
   *
   * @throws IOException if there is nothing to be found or understood
   */
  public static ApiClient open(@Nullable Path kubeconfig) throws IOException {
    try {
      Config config =
          kubeconfig == null
              ? Config.autoConfigure(null)
              : Config.fromKubeconfig(kubeconfig.toFile());
      return new ApiClient(config);
    } catch (RuntimeException e) { // fabric8 knows no checked ones
      throw new IOException(Failures.text(e), e);
    }
  }

  /** Returns the namespace that the configuration names; null if it does not. */
  public @Nullable String namespace() {
    return namespace;
  }

  /** Returns the address of the API server. */
  public String server() {
    return master;
  }

  /** Returns what is at {@code path}, which may have a query. */
  public byte[] get(String path) throws IOException {
    return send(request(path).build());
  }

  /** Asks for one Secret. */
  public SecretLook secret(SecretKey key) throws IOException {
    try {
      return new SecretLook.Found(SecretReader.decode(JsonTree.data(get(Paths.secret(key)))));
    } catch (ApiFailure e) {
      return switch (e.code()) {
        case NOT_FOUND -> new SecretLook.Missing();
        case FORBIDDEN -> new SecretLook.Denied("not allowed to read it");
        default -> throw e;
      };
    }
  }

  /** Makes an object under {@code path}; returns it. */
  public byte[] create(String path, String json) throws IOException {
    return send(request(path).method("POST", JSON, json).build());
  }

  /** Puts an object in the place of the one at {@code path}; returns it. */
  public byte[] replace(String path, String json) throws IOException {
    return send(request(path).method("PUT", JSON, json).build());
  }

  /** Changes the object at {@code path}; returns it. */
  public byte[] patch(String path, String contentType, String json) throws IOException {
    return send(request(path).method("PATCH", contentType, json).build());
  }

  private HttpRequest.Builder request(String path) {
    return http.newHttpRequestBuilder()
        .uri(master + path.substring(1))
        .header("accept", JSON)
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private byte[] send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> asked = http.sendAsync(request, byte[].class);
    HttpResponse<byte[]> answer = await(asked, PATIENCE);
    byte[] body = answer.body() == null ? new byte[0] : answer.body();
    if (!answer.isSuccessful()) {
      throw new ApiFailure(answer.code(), answer.code() + " " + JsonTree.message(body));
    }
    return body;
  }

  /**
   * Reads lines until the server ends them.
   *
   * @param silence longest time without a byte: nobody is there any more
   * @param accepted is called when the server has agreed
   * @param cut ends it from this side
   * @param nanos by which its pace is kept
   * @throws ApiFailure if it refuses
   */
  void stream(
      String path,
      Duration silence,
      LineReader lines,
      Runnable accepted,
      CompletableFuture<Void> cut,
      LongSupplier nanos)
      throws IOException {
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(master + path.substring(1))
            .header("accept", JSON)
            .timeout(0, TimeUnit.MILLISECONDS)
            .forStreaming()
            .build();
    Target target = new Target(lines);
    ReadPace pace = new ReadPace(nanos.getAsLong());
    CompletableFuture<HttpResponse<AsyncBody>> asked =
        http.consumeBytes(
            request,
            (buffers, body) -> {
              // By when they came, however long they take to decode.
              long pause = pace.pauseNanos(nanos.getAsLong(), lines.lineCount());
              buffers.forEach(target.reader::accept);
              after(
                  pause,
                  () -> {
                    pace.asked(nanos.getAsLong());
                    body.consume(); // decodes there what has come meanwhile
                  });
            });
    HttpResponse<AsyncBody> answer = await(asked, PATIENCE);
    AsyncBody body = answer.body();
    try {
      if (!answer.isSuccessful()) {
        throw refusal(answer.code(), body, target);
      }
      body.consume(); // not a byte comes before
      accepted.run();
      awaitEnd(CompletableFuture.anyOf(body.done(), cut), silence, lines);
    } finally {
      body.cancel();
    }
  }

  private static void after(long pauseNanos, Runnable step) {
    if (pauseNanos <= 0) {
      step.run();
    } else {
      CompletableFuture.delayedExecutor(
              pauseNanos, TimeUnit.NANOSECONDS, Thread::startVirtualThread)
          .execute(step);
    }
  }

  private static ApiFailure refusal(int code, AsyncBody body, Target target) throws IOException {
    StringBuilder said = new StringBuilder();
    LineReader words =
        new LineReader(line -> said.append(new String(line, StandardCharsets.UTF_8)));
    target.reader = words;
    body.consume();
    await(body.done(), PATIENCE);
    byte[] all = said.append(words.rest()).toString().getBytes(StandardCharsets.UTF_8);
    return new ApiFailure(code, code + " " + JsonTree.message(all));
  }

  /** Each look at the clock is after a whole silence, not once per line. */
  private static void awaitEnd(CompletableFuture<?> done, Duration silence, LineReader lines)
      throws IOException {
    while (true) {
      long heard = lines.bytes();
      try {
        awaitOnce(done, silence);
        return;
      } catch (TimeoutException e) {
        if (lines.bytes() == heard) {
          throw new IOException("silent for " + silence.toSeconds() + " s (expected: bookmarks)");
        }
      }
    }
  }

  private static <T> T await(CompletableFuture<T> future, Duration patience) throws IOException {
    try {
      return awaitOnce(future, patience);
    } catch (TimeoutException e) {
      throw new IOException("no answer (expected: within " + patience.toSeconds() + " s)", e);
    } finally {
      future.cancel(true);
    }
  }

  private static <T> T awaitOnce(CompletableFuture<T> future, Duration patience)
      throws IOException, TimeoutException {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw cause instanceof UncheckedIOException unchecked
          ? unchecked.getCause() // a line said so
          : new IOException(Failures.text(cause), cause);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
