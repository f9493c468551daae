package io.fairlead.router.jwks;

import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.TokenKeys;
import java.net.URI;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys behind a URL. Its own thread asks when the plan says so; a loop that meets an unknown key
 * only leaves word.
 */
final class RemoteKeys implements Runnable {
  private final String issuer;
  private final TokenKeys place;
  private final Fetch fetch;
  private final RefreshPlan plan;
  private final LongSupplier nanos;
  private final KeySource source;
  private volatile boolean wanted; // an unknown key was met since the last question
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  RemoteKeys(
      Authentication.Token token,
      Fetch fetch,
      RefreshPlan plan,
      LongSupplier nanos,
      KeySetListener listener) {
    this.issuer = token.issuer();
    this.place = token.keys();
    this.fetch = fetch;
    this.plan = plan;
    this.nanos = nanos;
    this.source = new KeySource(name(first()), listener, this::unknownKey);
  }

  private URI first() {
    return place instanceof TokenKeys.Url url ? url.url() : Discovery.configuration(issuer);
  }

  /** Without what a URL may hide: a query or a user's password. */
  private static String name(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
  }

  KeySource source() {
    return source;
  }

  /** Called on loops: a write at most, and once a question is due anyway not even that. */
  private void unknownKey() {
    if (!wanted) {
      wanted = true;
      LockSupport.unpark(thread);
    }
  }

  /** Asks until {@link #close}. */
  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!closed) {
      long delay = turn(nanos.getAsLong());
      if (delay > 0 && !closed) {
        LockSupport.parkNanos(this, delay);
      }
    }
  }

  /** Does what is due and returns how long it is until something else is. */
  long turn(long now) {
    if (wanted) {
      plan.unknownKey(now);
    }
    if (plan.delay(now) > 0) {
      return plan.delay(now);
    }
    wanted = false;
    if (ask(now)) {
      plan.succeeded(now);
    } else {
      plan.failed(now);
    }
    return plan.delay(now);
  }

  private boolean ask(long now) {
    try {
      URI keys =
          place instanceof TokenKeys.Url url
              ? url.url()
              : Discovery.keys(fetch.get(first()), issuer);
      return source.take(fetch.get(keys), now) == null;
    } catch (FetchFailure e) {
      source.fail(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      closed = true;
    } catch (RuntimeException e) {
      source.fail("a bug: " + e);
    }
    return false;
  }

  /** Ends its thread soon. */
  void close() {
    closed = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
