package io.fairlead.router.kubernetes;

import io.fairlead.router.resource.SecretKey;
import io.fairlead.router.resource.SecretLook;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for single Secrets by name, again and again: all that it needs to be allowed is {@code get}
 * of those. Several threads may run it, each until it is interrupted.
 *
 * <p>One that is there is asked for every five seconds, but no two within a tenth of a second, so
 * that many make a steady ten a second and no burst; one that is not there every two. One that
 * cannot be asked for stays as it was.
 */
final class SecretPoll implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SecretPoll.class);
  private static final long MISSING_NANOS = 2_000_000_000L;

  private static final class Entry {
    private @Nullable SecretLook look;
    private long dueAt;
    private boolean isAsked;

    Entry(long dueAt) {
      this.dueAt = dueAt;
    }
  }

  private final ApiClient client;
  private final Runnable changed;
  private final LongSupplier nanos;
  private final Contact contact;
  private final AskPace pace;
  private final Map<SecretKey, Entry> entries = new HashMap<>();
  private Map<SecretKey, SecretLook> looks = Map.of();
  private boolean isChanged;

  /**
   * Makes one that wants nothing yet.
   *
   * @param changed is called after each change of what was found
   */
  SecretPoll(ApiClient client, Runnable changed, LongSupplier nanos) {
    this.client = client;
    this.changed = changed;
    this.nanos = nanos;
    this.contact = new Contact(nanos);
    this.pace = new AskPace(nanos.getAsLong());
  }

  /** Asks for these from now on, and for no others. */
  synchronized void want(Set<SecretKey> wanted) {
    if (entries.keySet().equals(wanted)) {
      return;
    }
    entries.keySet().retainAll(wanted);
    long now = nanos.getAsLong();
    wanted.forEach(key -> entries.computeIfAbsent(key, added -> new Entry(now)));
    isChanged = true;
    notifyAll();
  }

  /** Returns what was found; the same map as long as nothing changes. */
  synchronized Map<SecretKey, SecretLook> looks() {
    if (isChanged) {
      Map<SecretKey, SecretLook> now = new HashMap<>();
      entries.forEach(
          (key, entry) -> {
            if (entry.look != null) {
              now.put(key, entry.look);
            }
          });
      looks = Map.copyOf(now);
      isChanged = false;
    }
    return looks;
  }

  @Override
  public void run() {
    try {
      while (true) {
        ask(next());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // that is how it ends
    }
  }

  private synchronized SecretKey next() throws InterruptedException {
    while (true) {
      long now = nanos.getAsLong();
      SecretKey first = null;
      long dueAt = now + AskPace.AGAIN_NANOS;
      for (Map.Entry<SecretKey, Entry> each : entries.entrySet()) {
        if (!each.getValue().isAsked && each.getValue().dueAt < dueAt) {
          first = each.getKey();
          dueAt = each.getValue().dueAt;
        }
      }
      Entry entry = first == null ? null : entries.get(first);
      if (first != null && entry != null && dueAt <= now) {
        entry.isAsked = true;
        return first;
      }
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, dueAt - now));
    }
  }

  private void ask(SecretKey key) throws InterruptedException {
    SecretLook look = null;
    try {
      look = client.secret(key);
    } catch (IOException | RuntimeException e) {
      look = failed(e);
    } finally {
      answered(key, look);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
  }

  private @Nullable SecretLook failed(Exception failure) {
    if (contact.failed(Failures.text(failure)) && !Thread.currentThread().isInterrupted()) {
      LOG.warn("asking for Secrets: {}; what was known stays", Failures.text(failure));
    }
    return null;
  }

  private void answered(SecretKey key, @Nullable SecretLook look) {
    synchronized (this) {
      Entry entry = entries.get(key);
      if (entry == null) {
        return; // nobody wants it any more
      }
      entry.isAsked = false;
      long now = nanos.getAsLong();
      entry.dueAt = look instanceof SecretLook.Found ? pace.againNanos(now) : now + MISSING_NANOS;
      if (look == null) {
        return;
      }
      contact.heard();
      if (look.equals(entry.look)) {
        return;
      }
      entry.look = look;
      isChanged = true;
    }
    changed.run();
  }
}
