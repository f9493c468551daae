package io.fairlead.router.peer;

import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Protocol;
import io.fairlead.router.model.Address;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversations that other routers have begun: who may begin one, and which are over. On the
 * loop, counts aside.
 */
final class PeerStreams {
  private static final Logger LOG = LoggerFactory.getLogger(PeerStreams.class);

  /** A hello comes in the first packet. */
  private static final long HELLO_NANOS = 3_000_000_000L;

  /** A router reports five times a second. */
  private static final long SILENCE_NANOS = 10_000_000_000L;

  private static final long FLOOD_PENALTY_NANOS = 5_000_000_000L;

  /** More than that have not said hello, and are nobody yet. */
  private static final int MOST_STREAMS = 2 * Protocol.MOST_ROUTERS;

  private final Hello self;
  private final PeerListener listener;
  private final LongSupplier nanos;
  private final Set<PeerStream> all = new LinkedHashSet<>();
  private final Map<Address, PeerStream> open = new HashMap<>();
  private final Map<Address, Long> floodedUntil = new HashMap<>();
  private final Map<Cut, LongAdder> cuts = new EnumMap<>(Cut.class);
  private volatile int size;
  private volatile int connected;

  PeerStreams(Hello self, PeerListener listener, LongSupplier nanos) {
    this.self = self;
    this.listener = listener;
    this.nanos = nanos;
    for (Cut cut : Cut.values()) {
      cuts.put(cut, new LongAdder());
    }
  }

  /**
   * Whether a router may begin.
   *
   * @param cut null if it may
   * @param detail why not
   */
  record Admission(@Nullable Cut cut, String detail) {
    private static final Admission GRANTED = new Admission(null, "");
  }

  long nowNanos() {
    return nanos.getAsLong();
  }

  Hello self() {
    return self;
  }

  void began(PeerStream stream) {
    all.add(stream);
    size = all.size();
    if (all.size() > MOST_STREAMS) {
      stream.cut(
          Cut.TOO_MANY, "routers: " + all.size() + " (expected: at most " + MOST_STREAMS + ")");
    }
  }

  /** Judges who says hello. */
  Admission admit(PeerStream stream, Hello hello) {
    if (self.common(hello) == 0) {
      return new Admission(
          Cut.VERSION,
          "protocol: %d to %d (expected: one of %d to %d)"
              .formatted(hello.oldest(), hello.newest(), self.oldest(), self.newest()));
    }
    PeerProof proof = stream.proof();
    if (proof == null || !proof.covers(hello.router())) {
      return new Admission(
          Cut.CERTIFICATE,
          "router: " + hello.router() + " (expected: one that its certificate names)");
    }
    Long until = floodedUntil.get(hello.router());
    if (until != null && until - nowNanos() > 0) {
      return new Admission(Cut.FLOOD, "said too much a moment ago (expected: silence for 5 s)");
    }
    PeerStream other = open.get(hello.router());
    if (hello.router().equals(self.router()) || (other != null && !proof.equals(other.proof()))) {
      return new Admission(
          Cut.DUPLICATE, "router: " + hello.router() + " (expected: an address that nobody has)");
    }
    if (other == null && open.size() >= Protocol.MOST_ROUTERS) {
      return new Admission(Cut.TOO_MANY, "routers: expected: at most " + Protocol.MOST_ROUTERS);
    }
    return Admission.GRANTED;
  }

  /** It may begin; what was left of an earlier conversation with it ends. */
  void opened(PeerStream stream) {
    PeerStream before = open.get(stream.address());
    if (before != null) {
      before.cut(Cut.REPLACED, "router: has begun anew");
    }
    open.put(stream.address(), stream);
    connected = open.size();
    LOG.info("peer {} connected", stream);
    listener.arrived(stream);
  }

  void heard(PeerStream stream, Heartbeat heartbeat) {
    listener.heard(stream, heartbeat);
  }

  void flooded(PeerStream stream) {
    if (stream.hasSaidHello() && floodedUntil.size() < MOST_STREAMS) {
      floodedUntil.put(stream.address(), nowNanos() + FLOOD_PENALTY_NANOS);
    }
  }

  void cut(PeerStream stream, Cut cut, String detail, boolean wasOpen) {
    counter(cut).increment();
    if (cut != Cut.CLOSING && cut != Cut.REPLACED) {
      LOG.warn("peer {} ({}) cut off, {}: {}", stream, stream.proof(), cut, detail);
    }
    forget(stream, wasOpen);
  }

  void gone(PeerStream stream, boolean wasOpen) {
    if (wasOpen) {
      LOG.info("peer {} disconnected", stream);
    }
    forget(stream, wasOpen);
  }

  private void forget(PeerStream stream, boolean wasOpen) {
    all.remove(stream);
    size = all.size();
    if (wasOpen) {
      open.remove(stream.address(), stream);
      connected = open.size();
      listener.left(stream);
    }
  }

  /** Ends the conversations of those who say nothing. */
  void sweep() {
    long now = nowNanos();
    floodedUntil.values().removeIf(until -> until - now <= 0);
    for (PeerStream stream : List.copyOf(all)) {
      long silent = stream.silentNanos(now);
      if (!stream.isOpen() && silent > HELLO_NANOS) {
        stream.cut(Cut.NO_HELLO, "nothing said in 3 s (expected: hello)");
      } else if (silent > SILENCE_NANOS) {
        stream.cut(Cut.SILENT, "nothing said in 10 s (expected: a report)");
      }
    }
  }

  /** Ends all of them. */
  void close() {
    for (PeerStream stream : new ArrayList<>(all)) {
      stream.cut(Cut.CLOSING, "this router ends");
    }
  }

  /** Returns how many routers are connected. Any thread. */
  int connected() {
    return connected;
  }

  /** Returns how many conversations there are. Any thread. */
  int size() {
    return size;
  }

  /** Returns how often it was {@code cut}. Any thread. */
  long cuts(Cut cut) {
    return counter(cut).sum();
  }

  private LongAdder counter(Cut cut) {
    return Objects.requireNonNull(cuts.get(cut));
  }
}
