package io.fairlead.router;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** A caller who never stops, one request after the other, and keeps what was answered. */
final class ClusterTraffic implements AutoCloseable {
  private final Caller caller;
  private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Thread thread;

  ClusterTraffic(Caller caller) {
    this.caller = caller;
    this.thread = Thread.ofVirtual().start(this::call);
  }

  private void call() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        HttpResponse<String> answer = caller.score("{}");
        if (answer.statusCode() == 200) {
          answers.computeIfAbsent(answer.body(), name -> new LongAdder()).increment();
        } else {
          failures.add(answer.statusCode() + " " + answer.body());
        }
      }
    } catch (IOException e) {
      failures.add(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the test is over
    }
  }

  /** Returns how many answers came from the model {@code name}. */
  long count(String name) {
    LongAdder count = answers.get(name);
    return count == null ? 0 : count.sum();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
