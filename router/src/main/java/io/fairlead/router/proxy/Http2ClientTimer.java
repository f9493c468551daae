package io.fairlead.router.proxy;

import io.fairlead.router.model.Limits;

/**
 * The one clock of an HTTP/2 connection to a model: it looks around at the earliest of what may be
 * due, and being told of a read costs two field writes.
 */
final class Http2ClientTimer extends Timeout {
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * A model that is silent on open streams is asked for a sign of life once, and then no more often
   * than servers of gRPC put up with: they close a connection for "too many pings".
   */
  private static final long PING_PAUSE_NANOS = 300_000_000_000L;

  private final Http2Client client;
  private final Loop loop;
  private final Http2ClientStreams streams;
  private long connectDeadline = NEVER;
  private long openedNanos;
  private long readNanos;
  private long pingNanos = NEVER; // when the model was asked that has not answered yet
  private long lastPingNanos;
  private int partsAtPing = -1;

  Http2ClientTimer(Http2Client client, Loop loop, Http2ClientStreams streams) {
    this.client = client;
    this.loop = loop;
    this.streams = streams;
  }

  /** Connecting has begun. */
  void start(long now) {
    connectDeadline = now + limits().upstream().connect().toNanos();
    readNanos = now;
    arm(now);
  }

  /** The model's SETTINGS are here. */
  void opened(long now) {
    connectDeadline = NEVER;
    openedNanos = now;
    arm(now);
  }

  /** Something has come. */
  void onRead(long now) {
    readNanos = now;
    pingNanos = NEVER;
  }

  /** Returns when something came last. */
  long readNanos() {
    return readNanos;
  }

  /** The last open stream has ended. */
  void onIdle(long now) {
    arm(now);
  }

  private void arm(long now) {
    long due = Math.min(connectDeadline, idleDeadline());
    due = Math.min(due, pingNanos == NEVER ? nextLook(now) : pingDeadline());
    loop.timers.arm(this, due);
  }

  @Override
  void expired(long now) {
    if (connectDeadline <= now) {
      client.onConnectFailed("no HTTP/2 SETTINGS in time");
    } else if (pingDeadline() <= now) {
      client.dead();
    } else if (idleDeadline() <= now) {
      client.goAway();
    } else {
      if (client.activeStreams() > 0 && pingTime() <= now) {
        pingNanos = now;
        lastPingNanos = now;
        partsAtPing = streams.parts();
        client.ping();
      }
      arm(now);
    }
  }

  private long idleDeadline() {
    boolean idle = connectDeadline == NEVER && client.activeStreams() == 0;
    long since = Math.max(openedNanos, streams.endedNanos());
    return idle ? since + limits().upstream().idle().toNanos() : NEVER;
  }

  /** Returns from when on a silent model may be asked for a sign of life. */
  private long pingTime() {
    boolean stillSilent = streams.parts() == partsAtPing;
    return stillSilent ? Math.max(silentNanos(), lastPingNanos + PING_PAUSE_NANOS) : silentNanos();
  }

  /** Returns when that may be so: what ends a silence does not move the timer. */
  private long nextLook(long now) {
    if (connectDeadline != NEVER) {
      return NEVER;
    }
    long later = now + limits().http2().pingIdle().toNanos();
    return Math.max(silentNanos(), Math.min(pingTime(), later));
  }

  private long silentNanos() {
    return readNanos + limits().http2().pingIdle().toNanos();
  }

  private long pingDeadline() {
    return pingNanos == NEVER ? NEVER : pingNanos + limits().http2().pingTimeout().toNanos();
  }

  private Limits limits() {
    return loop.settings.limits();
  }
}
