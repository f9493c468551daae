package io.fairlead.router.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Keeps a {@link Shelf} like a collection of the API server: a list first, then every change. Runs
 * on a thread of its own until that is interrupted.
 *
 * <pre>
 * list        --believed-->           stream from its version
 * list        --doubted-->            list again after 5 s
 * stream      --ended-->              stream from the last version
 * stream      --version refused-->    list
 * either      --failure-->            the same again, after a pause of 0.1 to 1.5 s
 * </pre>
 *
 * <p>Whatever fails, the shelf stays as it was.
 */
final class Watch<T> implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /** Each is read into memory whole, and the heap stays as large as the largest had it grow. */
  private static final int PAGE = 100;

  /** A watch ends after so long, plus up to a quarter; the age of the last event has this bound. */
  private static final int STREAM_SECONDS = 50;

  /** Beyond the end of the stream: nobody is there any more. */
  private static final Duration SILENCE = Duration.ofSeconds(75);

  private static final long SHORT_NANOS = 1_000_000_000L;
  private static final long DOUBT_MILLIS = 5_000;
  private static final long SHORTEST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_500;

  private final ApiClient client;
  private final String path;
  private final String selector;
  private final Decoder<T> decoder;
  private final Runnable changed;
  private final LongSupplier nanos;
  private final Sleep sleep;
  private final RandomGenerator random;
  private final Shelf<T> shelf = new Shelf<>();
  private final Contact contact;
  private volatile CompletableFuture<Void> cut = new CompletableFuture<>();
  private boolean isListNeeded = true;
  private long pauseMillis;

  /** Lets time pass. */
  @FunctionalInterface
  interface Sleep {
    void millis(long millis) throws InterruptedException;
  }

  /**
   * Makes a watch that has not begun.
   *
   * @param path of the collection
   * @param selector of labels; empty for all
   * @param changed is called after each change of the shelf, by any thread
   */
  Watch(
      ApiClient client,
      String path,
      String selector,
      Decoder<T> decoder,
      Runnable changed,
      LongSupplier nanos,
      Sleep sleep,
      RandomGenerator random) {
    this.client = client;
    this.path = path;
    this.selector =
        selector.isEmpty()
            ? ""
            : "&labelSelector=" + URLEncoder.encode(selector, StandardCharsets.UTF_8);
    this.decoder = decoder;
    this.changed = changed;
    this.nanos = nanos;
    this.sleep = sleep;
    this.random = random;
    this.contact = new Contact(nanos);
  }

  Shelf<T> shelf() {
    return shelf;
  }

  Contact contact() {
    return contact;
  }

  /** Goes on from where it is on a new connection. For any thread. */
  void renew() {
    cut.complete(null);
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        turn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // that is how it ends
    }
  }

  private void turn() throws InterruptedException {
    try {
      if (isListNeeded && !list()) {
        sleep.millis(DOUBT_MILLIS);
        return;
      }
      isListNeeded = false;
      long begun = nanos.getAsLong();
      stream();
      if (nanos.getAsLong() - begun < SHORT_NANOS) {
        pause();
      } else {
        pauseMillis = 0;
      }
    } catch (ApiFailure e) {
      isListNeeded |= e.isStale();
      failed(e);
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  private void failed(Exception failure) throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    if (contact.failed(Failures.text(failure))) {
      LOG.warn("watching {}: {}; what was known stays", path, Failures.text(failure));
    }
    pause();
  }

  private void pause() throws InterruptedException {
    pauseMillis = Math.clamp(pauseMillis * 2, SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
    sleep.millis(pauseMillis / 2 + random.nextLong(pauseMillis / 2 + 1));
  }

  // ---- list

  private boolean list() throws IOException {
    Map<String, T> items = new HashMap<>();
    String query = path + "?limit=" + PAGE + selector;
    String next = "";
    String version;
    do {
      String from =
          next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      JsonTree.PageEnd end =
          JsonTree.readList(
              client.get(query + from),
              decoder.unread(),
              object -> {
                T item = decoder.decode(object);
                if (item != null) {
                  items.put(key(object), item);
                }
              });
      version = end.version();
      next = end.next();
    } while (!next.isEmpty());
    boolean wasListed = shelf.isListed();
    int before = shelf.contents().size();
    if (!shelf.replace(items, version, nanos.getAsLong())) {
      if (contact.failed("a doubtful list")) {
        LOG.warn(
            "watching {}: a list of {} where {} are known, of version {} after {}; what was known"
                + " stays until that has been said for 30 s",
            path,
            items.size(),
            before,
            version,
            shelf.version());
      }
      return false;
    }
    contact.heard();
    LOG.info(
        "watching {}: {} {} objects", path, wasListed ? "listed again," : "listed,", items.size());
    changed.run();
    return true;
  }

  // ---- stream

  private void stream() throws IOException {
    int seconds = STREAM_SECONDS + random.nextInt(STREAM_SECONDS / 4);
    String query =
        path
            + "?watch=1&allowWatchBookmarks=true&timeoutSeconds="
            + seconds
            + "&resourceVersion="
            + shelf.version()
            + selector;
    CompletableFuture<Void> fresh = new CompletableFuture<>();
    cut = fresh;
    client.stream(query, SILENCE, new LineReader(this::event), this::accepted, fresh, nanos);
    contact.heard();
  }

  private void accepted() {
    String problem = contact.problem();
    contact.heard();
    if (!problem.isEmpty()) {
      LOG.info("watching {}: again, after: {}", path, problem);
    }
  }

  /** Runs on a thread of the client. */
  private void event(byte[] line) {
    try {
      JsonTree.Event event = JsonTree.readEvent(line, decoder.unread());
      JsonNode object = event.object();
      String version = object.path("metadata").path("resourceVersion").asString("");
      String type = event.type();
      contact.heard();
      if (version.isEmpty() && !type.equals("ERROR")) {
        throw new IOException("an event without version: " + type);
      }
      switch (type) {
        case "ADDED", "MODIFIED" -> put(object, decoder.decode(object), version);
        case "DELETED" -> put(object, null, version);
        case "BOOKMARK" -> shelf.advance(version);
        default ->
            throw new ApiFailure(
                object.path("code").asInt(0), type + ": " + object.path("message").asString(""));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(JsonNode object, @Nullable T item, String version) {
    if (shelf.put(key(object), item, version)) {
      changed.run();
    }
  }

  private static String key(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return metadata.path("namespace").asString("") + "/" + metadata.path("name").asString("");
  }
}
