package io.fairlead.router;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Requests at a constant rate, whether or not those before have been answered. */
final class SteadyLoad {
  private final List<? extends Sender> senders;
  private final long gapNanos;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Integer> answers = new TreeMap<>();
  private final Thread clock;
  private long longestNanos;
  private volatile boolean over;

  /** One caller. */
  interface Sender {
    Answer send() throws IOException, InterruptedException;
  }

  /**
   * What a caller got.
   *
   * @param reason the router's own, or empty
   */
  record Answer(int status, String reason) {}

  /**
   * What became of the requests.
   *
   * @param failures those without 200, by what they got
   * @param longest time from when one was due to its answer
   */
  record Report(int requests, Map<String, Integer> failures, Duration longest) {
    @Override
    public String toString() {
      return "%d requests, %d failed %s, longest %d ms"
          .formatted(
              requests,
              failures.values().stream().mapToInt(Integer::intValue).sum(),
              failures,
              longest.toMillis());
    }
  }

  private SteadyLoad(List<? extends Sender> senders, int perSecond) {
    this.senders = senders;
    this.gapNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.clock = Thread.ofVirtual().start(this::tick);
  }

  /** Begins, with {@code senders} in turn. */
  static SteadyLoad start(List<? extends Sender> senders, int perSecond) {
    return new SteadyLoad(senders, perSecond);
  }

  private void tick() {
    long due = System.nanoTime();
    for (int number = 0; !over; number++) {
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      }
      Sender sender = senders.get(number % senders.size());
      long began = due;
      requests.execute(() -> send(sender, began));
      due += gapNanos;
    }
  }

  private void send(Sender sender, long due) {
    String said;
    try {
      Answer answer = sender.send();
      said = (answer.status() + " " + answer.reason()).strip();
    } catch (IOException e) {
      said = e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      said = "interrupted";
    }
    long took = System.nanoTime() - due;
    synchronized (answers) {
      answers.merge(said, 1, Integer::sum);
      longestNanos = Math.max(longestNanos, took);
    }
  }

  /** Returns how many were answered so far. */
  int answered() {
    synchronized (answers) {
      return answers.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Ends it, and waits for the last answer. */
  void end() throws InterruptedException {
    over = true;
    clock.join();
    requests.close();
  }

  /** Returns what became of all, once it has ended. */
  Report report() {
    Map<String, Integer> failures = new TreeMap<>(answers);
    failures.remove("200");
    return new Report(answered(), failures, Duration.ofNanos(longestNanos));
  }
}
