package io.fairlead.router.proxy;

import io.fairlead.router.model.Limits;
import java.time.Duration;

/**
 * The one clock of an HTTP/2 connection: it looks around at the earliest of what may be due, and
 * being told of a read costs two field writes.
 */
final class Http2Timer extends Timeout {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private final Http2Server server;
  private final Loop loop;
  private final Http2Streams streams;
  private final Http2FrameScanner scanner;
  private long startNanos;
  private long readNanos;
  private long pingNanos = NEVER;
  private long blockNanos = NEVER;
  private long leavingNanos = NEVER;
  private long closingNanos = NEVER;

  Http2Timer(Http2Server server, Loop loop, Http2Streams streams, Http2FrameScanner scanner) {
    this.server = server;
    this.loop = loop;
    this.streams = streams;
    this.scanner = scanner;
  }

  void start(long now) {
    startNanos = now;
    readNanos = now;
    arm(now);
  }

  /** Something has come. */
  void onRead(long now) {
    readNanos = now;
    pingNanos = NEVER;
  }

  /** What came was read: has a field block begun or ended? */
  void afterRead() {
    if (!scanner.isInFieldBlock()) {
      blockNanos = NEVER;
    } else if (blockNanos == NEVER) {
      blockNanos = readNanos;
      arm(readNanos);
    }
  }

  /** Returns when something came last. */
  long readNanos() {
    return readNanos;
  }

  /** GOAWAY is sent; the last stream is named after a while even if the peer is silent. */
  void startLeaving(long now) {
    leavingNanos = now + PATIENCE_NANOS;
    arm(now);
  }

  /** Our side is closed; the peer has a while to close its own. */
  void startClosing(long now) {
    closingNanos = now + PATIENCE_NANOS;
    arm(now);
  }

  private void arm(long now) {
    long due = Math.min(closingNanos, leavingNanos);
    due = Math.min(due, blockDeadline());
    due = Math.min(due, prefaceDeadline());
    due = Math.min(due, idleDeadline());
    due = Math.min(due, pingNanos == NEVER ? pingTime() : pingDeadline());
    if (server.connection().numActiveStreams() > 0) {
      due = Math.min(due, now + limits().body().writeStall().toNanos() / 3);
    }
    loop.timers.arm(this, due);
  }

  @Override
  void expired(long now) {
    if (closingNanos <= now || pingDeadline() <= now) {
      server.closeNow();
      return;
    }
    if (leavingNanos <= now) {
      leavingNanos = NEVER;
      server.nameLastStream();
    } else if (blockDeadline() <= now || prefaceDeadline() <= now) {
      server.failSlowHead();
    } else if (idleDeadline() <= now) {
      server.leaveIdle();
    } else if (pingNanos == NEVER && pingTime() <= now) {
      pingNanos = now;
      server.ping();
    }
    streams.sends.resetStalled(now - limits().body().writeStall().toNanos());
    arm(now);
  }

  private long blockDeadline() {
    return after(blockNanos, limits().head().timeout());
  }

  private long prefaceDeadline() {
    return server.decoder().prefaceReceived() || closingNanos != NEVER
        ? NEVER
        : after(startNanos, limits().head().timeout());
  }

  private long idleDeadline() {
    boolean idle = server.connection().numActiveStreams() == 0 && closingNanos == NEVER;
    return idle
        ? after(Math.max(startNanos, streams.endedNanos()), limits().connections().keepAliveIdle())
        : NEVER;
  }

  private long pingTime() {
    return after(readNanos, limits().http2().pingIdle());
  }

  private long pingDeadline() {
    return after(pingNanos, limits().http2().pingTimeout());
  }

  private Limits limits() {
    return loop.settings.limits();
  }

  private static long after(long from, Duration delay) {
    return from == NEVER ? NEVER : from + delay.toNanos();
  }
}
