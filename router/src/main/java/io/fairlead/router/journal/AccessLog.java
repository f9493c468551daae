package io.fairlead.router.journal;

import io.fairlead.router.control.ProxyEvent;
import io.fairlead.router.control.RequestFacts;
import io.fairlead.router.control.RequestObserver;
import io.fairlead.router.control.RequestObservers;
import io.fairlead.router.control.RequestRecorder;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: a line for each request that failed, and for those that were sampled. Event loops
 * put lines into rings of their own and one thread writes them out, so that a slow disk or a full
 * pipe holds up nobody: what does not fit is dropped and counted.
 *
 * <p>{@link #run} is for that thread, until {@link #close}.
 */
public final class AccessLog implements RequestObservers, Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  /** Of each event loop; some hundred lines, with what a fraction of a second may bring. */
  public static final int RING_BYTES = 262_144;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long CLOSE_MILLIS = 2_000;

  private final LogOutput output;
  private final InstantSource clock;
  private final int ringBytes;
  private final List<LineRing> rings = new CopyOnWriteArrayList<>();
  private final byte[] batch;
  private boolean failing;
  private volatile @Nullable Thread writer;
  private volatile boolean closed;

  /**
   * Makes a log that nobody writes out yet.
   *
   * @param ringBytes of each event loop
   */
  public AccessLog(LogOutput output, InstantSource clock, int ringBytes) {
    this.output = output;
    this.clock = clock;
    this.ringBytes = ringBytes;
    this.batch = new byte[Math.min(ringBytes, 65_536)];
  }

  @Override
  public RequestObserver newObserver(RequestRecorder recorder) {
    LineRing ring = new LineRing(ringBytes);
    rings.add(ring);
    AccessLine line = new AccessLine();
    return facts -> {
      if (facts.failed() || facts.isLogged()) {
        add(line, facts, ring, recorder);
      }
    };
  }

  private void add(AccessLine line, RequestFacts facts, LineRing ring, RequestRecorder recorder) {
    JsonLine written = line.write(facts, clock.millis());
    if (!ring.offer(written.bytes(), written.length())) {
      recorder.count(ProxyEvent.ACCESS_LOG_DROPPED);
    }
    if (ring.isHalfFull()) {
      LockSupport.unpark(writer); // which may be null
    }
  }

  @Override
  public void run() {
    writer = Thread.currentThread();
    while (!closed) {
      drain();
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
    drain();
    output.close();
  }

  /** Writes out what there is. */
  void drain() {
    for (LineRing ring : rings) {
      for (int count = ring.take(batch); count > 0; count = ring.take(batch)) {
        write(count);
      }
    }
  }

  private void write(int count) {
    try {
      output.write(batch, count);
      failing = false;
    } catch (IOException e) {
      if (!failing) { // once, not for each batch
        LOG.warn("access log: lines are lost: {}", e.toString());
      }
      failing = true;
    }
  }

  /** Lets the thread write what there is and end; waits two seconds for it. */
  @Override
  public void close() {
    closed = true;
    Thread thread = writer;
    if (thread == null) {
      return;
    }
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
