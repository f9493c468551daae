package io.fairlead.router.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.router.Soon;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An API server that says what a test tells it to, and breaks when it is told to. */
public final class FakeApiServer implements AutoCloseable {
  /** An answer to whoever asks. */
  public record Answer(int code, String body) {}

  /** A request that changes something. */
  record Write(String method, String path, String contentType, String body) {}

  /** A watch that is being served. */
  static final class Stream {
    private final HttpExchange exchange;
    private final CountDownLatch ended = new CountDownLatch(1);

    Stream(HttpExchange exchange) {
      this.exchange = exchange;
    }

    String query() {
      return exchange.getRequestURI().getQuery();
    }

    void event(String type, String object) throws IOException {
      send("{\"type\":\"" + type + "\",\"object\":" + object + "}\n");
    }

    void send(String text) throws IOException {
      exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
    }

    void end() {
      ended.countDown();
    }
  }

  private final HttpServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<Stream>> streams = new ConcurrentHashMap<>();
  private final List<Stream> open = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> reads = new LinkedBlockingQueue<>();
  private volatile @Nullable Answer broken;

  /** Starts one that knows nothing. */
  public FakeApiServer() throws IOException {
    this(0);
  }

  /** Starts one in the place of another. */
  FakeApiServer(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Opens a client of this server. */
  ApiClient client(Path directory) throws IOException {
    return ApiClient.open(kubeconfig(directory));
  }

  /** Writes the file that leads to this server. */
  public Path kubeconfig(Path directory) throws IOException {
    Path file = directory.resolve("kubeconfig");
    return Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: fake, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: fake, user: {}}]
        contexts: [{name: fake, context: {cluster: fake, user: fake, namespace: ml}}]
        current-context: fake
        """
            .formatted(server.getAddress().getPort()));
  }

  /** Answers whoever asks for {@code path}. */
  void answer(String path, int code, String body) {
    answers.put(path, new Answer(code, body));
  }

  /** Answers whoever lists {@code path}. */
  public void list(String path, String version, String... objects) {
    answer(
        path,
        200,
        "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\""
            + version
            + "\"},\"items\":["
            + String.join(",", objects)
            + "]}");
  }

  /** Answers everything so; null for as usual again. */
  public void breaks(@Nullable Answer answer) {
    broken = answer;
    if (answer != null) {
      open.forEach(Stream::end);
    }
  }

  /** Waits for the next watch of {@code path}. */
  Stream stream(String path) throws InterruptedException {
    Stream stream = queue(path).poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (stream == null) {
      throw new AssertionError("nobody watches " + path);
    }
    return stream;
  }

  /** Waits for the next request that changes something. */
  Write write() throws InterruptedException {
    Write write = writes.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (write == null) {
      throw new AssertionError("nobody writes");
    }
    return write;
  }

  /** Returns the requests that changed something and were not looked at. */
  List<Write> unexpectedWrites() {
    return List.copyOf(writes);
  }

  /** Waits for the next request that reads. */
  public String read() throws InterruptedException {
    String read = reads.poll(Soon.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (read == null) {
      throw new AssertionError("nobody reads");
    }
    return read;
  }

  private BlockingQueue<Stream> queue(String path) {
    return streams.computeIfAbsent(path, key -> new LinkedBlockingQueue<>());
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    byte[] body = exchange.getRequestBody().readAllBytes();
    Answer answer = broken;
    boolean isServed = answer == null && query.contains("watch=1");
    if (answer == null) {
      answer = answers.getOrDefault(path, new Answer(404, "{\"message\":\"not found\"}"));
    }
    // Told once it is decided: a test that hears of it may change the answer to the next.
    if (!exchange.getRequestMethod().equals("GET")) {
      writes.add(
          new Write(
              exchange.getRequestMethod(),
              path,
              String.valueOf(exchange.getRequestHeaders().getFirst("content-type")),
              new String(body, StandardCharsets.UTF_8)));
    } else {
      reads.add(path + "?" + query);
    }
    if (isServed) {
      serve(exchange, path);
      return;
    }
    byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.code(), text.length == 0 ? -1 : text.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(text);
    }
  }

  private void serve(HttpExchange exchange, String path) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().flush();
    Stream stream = new Stream(exchange);
    open.add(stream);
    queue(path).add(stream);
    try {
      stream.ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(stream);
      exchange.close();
    }
  }

  @Override
  public void close() {
    open.forEach(Stream::end);
    server.stop(0);
  }
}
