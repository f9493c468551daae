package io.fairlead.router.tls;

import io.fairlead.router.tls.ReloadResult.Refused;
import io.fairlead.router.tls.ReloadResult.Swapped;
import io.fairlead.router.tls.ReloadResult.Unchanged;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * The TLS context that connections are made with, kept up to date with the files or the Secret it
 * came from.
 *
 * <p>One thread at a time polls, rotates and closes (they read files and sign: not an event loop's
 * work); any thread makes handlers. A context is swapped by one volatile write. It counts
 * references: one is held here until the swap, one by the engine of each connection, so the native
 * memory of an old context is freed when the last connection made with it is gone.
 */
public final class TlsContexts implements AutoCloseable {
  private record Serving(Identity identity, SslContext context) {}

  private final Supplier<List<PemFile>> source;
  private final TlsEngine engine;
  private final ContextFactory factory;
  private final TicketKeys tickets;
  private volatile Serving serving;
  private volatile boolean closed;
  private List<String> accepted;
  private List<String> refusal = List.of();
  private List<X509Certificate> authorities = List.of();

  private TlsContexts(
      Supplier<List<PemFile>> source, TlsEngine engine, SecureRandom random, Instant now)
      throws TlsProblem {
    this.source = source;
    this.engine = engine;
    this.factory = new ContextFactory(engine.library(), random);
    this.tickets = new TicketKeys(random, now);
    var files = source.get();
    this.accepted = fingerprints(files);
    this.serving = serving(files, now);
  }

  /** Opens a pair of PEM files. */
  public static TlsContexts open(
      Path certFile, Path keyFile, TlsEngine engine, SecureRandom random, Instant now)
      throws TlsProblem {
    return new TlsContexts(
        () -> List.of(PemFile.read(certFile), PemFile.read(keyFile)), engine, random, now);
  }

  /** Opens a pair that a Secret holds, which is asked for again at each poll. */
  public static TlsContexts open(
      Supplier<PemSecret> secret, TlsEngine engine, SecureRandom random, Instant now)
      throws TlsProblem {
    return new TlsContexts(() -> secret.get().files(), engine, random, now);
  }

  /**
   * Makes the handler of a new connection. Its limits, such as the handshake's time-out, are for
   * the caller to set; it must end in a pipeline, which releases its engine.
   */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    while (true) {
      var seen = serving;
      try {
        ReferenceCountUtil.retain(seen.context());
      } catch (IllegalReferenceCountException swappedSinceSeen) {
        if (closed) {
          throw new IllegalStateException("closed", swappedSinceSeen);
        }
        continue;
      }
      try {
        return factory.configured(seen.context().newHandler(allocator));
      } finally {
        ReferenceCountUtil.release(seen.context());
      }
    }
  }

  /**
   * Looks at the files again, and swaps if they hold another, usable pair. A refusal is reported
   * once for each change of its reasons; a pair that was not valid yet is taken when it is.
   */
  public ReloadResult poll(Instant now) {
    var files = source.get();
    if (refusal.isEmpty() && fingerprints(files).equals(accepted)) {
      return new Unchanged();
    }
    try {
      swap(serving(files, now));
      accepted = fingerprints(files);
      refusal = List.of();
      return new Swapped(serving.identity());
    } catch (TlsProblem e) {
      if (e.lines().equals(refusal)) {
        return new Unchanged();
      }
      refusal = e.lines();
      return new Refused(refusal);
    }
  }

  /**
   * Asks clients of new connections for a certificate of {@code trusted}, but does not insist; with
   * none it does not ask. What an endpoint makes of one is its own affair.
   */
  public void trust(List<X509Certificate> trusted) throws TlsProblem {
    if (!trusted.equals(authorities)) {
      swap(new Serving(serving.identity(), build(serving.identity(), trusted)));
      authorities = trusted;
    }
  }

  /**
   * Takes new keys for session tickets when the old ones have served 12 hours; returns whether it
   * did. The JDK keeps its keys to itself: there a new context is what brings new ones.
   */
  public boolean rotate(Instant now) {
    if (!tickets.rotate(now)) {
      return false;
    }
    if (serving.context().sessionContext() instanceof OpenSslServerSessionContext sessions) {
      sessions.setTicketKeys(tickets.keys());
      return true;
    }
    try {
      swap(new Serving(serving.identity(), build(serving.identity(), authorities)));
      return true;
    } catch (TlsProblem e) {
      throw new IllegalStateException("a context that was built once cannot be again", e);
    }
  }

  /** The library that speaks TLS here. */
  public TlsEngine engine() {
    return engine;
  }

  /** Who the server is for new connections. */
  public Identity identity() {
    return serving.identity();
  }

  /** What the next connection is made with; for tests, since it may be freed at any time. */
  SslContext context() {
    return serving.context();
  }

  /** Gives up the context; connections made with it go on. */
  @Override
  public void close() {
    closed = true;
    ReferenceCountUtil.release(serving.context());
  }

  private Serving serving(List<PemFile> files, Instant now) throws TlsProblem {
    var identity = Identity.of(files.get(0), files.get(1), now);
    return new Serving(identity, build(identity, authorities));
  }

  private SslContext build(Identity identity, List<X509Certificate> trusted) throws TlsProblem {
    return factory.build(identity, tickets, trusted);
  }

  private void swap(Serving next) {
    var old = serving;
    serving = next;
    ReferenceCountUtil.release(old.context());
  }

  private static List<String> fingerprints(List<PemFile> files) {
    return files.stream().map(PemFile::fingerprint).toList();
  }
}
