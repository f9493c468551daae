package io.fairlead.router.kubernetes;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API server every few seconds whether it is there. Runs on a thread of its own until that
 * is interrupted.
 *
 * <p>Without it, a watch whose connection was cut without a word, as by a network that was away,
 * would be silent for more than a minute after the server's return.
 */
final class Pulse implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  /** Whoever is known to the server may ask for this. */
  private static final String PATH = "/version";

  private final ApiClient client;
  private final long pauseMillis;
  private final Runnable returned;
  private volatile boolean isAway;

  /**
   * Makes one that has not asked yet.
   *
   * @param pauseMillis between two questions; a quarter of that while there is no answer
   * @param returned is called when the server answers again
   */
  Pulse(ApiClient client, long pauseMillis, Runnable returned) {
    this.client = client;
    this.pauseMillis = pauseMillis;
    this.returned = returned;
  }

  /** Returns whether it did not answer when it was asked last. */
  boolean isAway() {
    return isAway;
  }

  @Override
  public void run() {
    try {
      while (true) {
        ask();
        Thread.sleep(isAway ? pauseMillis / 4 : pauseMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // that is how it ends
    }
  }

  private void ask() throws InterruptedException {
    try {
      client.get(PATH);
      answered();
    } catch (ApiFailure e) {
      answered(); // a refusal is an answer
    } catch (InterruptedIOException e) {
      throw new InterruptedException();
    } catch (IOException | RuntimeException e) {
      isAway = true;
    }
  }

  private void answered() {
    if (isAway) {
      isAway = false;
      LOG.info("{} answers again; watches begin anew", client.server());
      returned.run();
    }
  }
}
