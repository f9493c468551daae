package io.fairlead.router.tls;

import io.fairlead.router.tls.ReloadResult.Refused;
import io.fairlead.router.tls.ReloadResult.Swapped;
import io.fairlead.router.tls.ReloadResult.Unchanged;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The TLS contexts of a router among its peers, kept up to date with the files they came from. Both
 * sides of each connection prove that the peers' own authority knows them.
 *
 * <p>One thread at a time polls; any thread makes connections. Those that are there keep what they
 * were made with.
 */
public final class PeerContexts {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"; // RFC 5280 4.2.1.12
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private final Path cert;
  private final Path key;
  private final Path ca;
  private final SwappedContext server;
  private final SwappedContext client;
  private volatile Identity identity;
  private List<String> accepted;
  private List<String> refusal = List.of();

  private record Files(PemFile cert, PemFile key, PemFile ca) {
    List<String> fingerprints() {
      return List.of(cert.fingerprint(), key.fingerprint(), ca.fingerprint());
    }
  }

  private record Loaded(Identity identity, SslContext server, SslContext client) {}

  private PeerContexts(Path cert, Path key, Path ca, Instant now) throws TlsProblem {
    this.cert = cert;
    this.key = key;
    this.ca = ca;
    var files = read();
    var loaded = load(files, now);
    this.identity = loaded.identity();
    this.server = new SwappedContext(loaded.server());
    this.client = new SwappedContext(loaded.client());
    this.accepted = files.fingerprints();
  }

  /**
   * Opens a certificate chain, its key and the authorities of all peers.
   *
   * @throws TlsProblem with every reason that could be found, the file's path in each
   */
  public static PeerContexts open(Path cert, Path key, Path ca, Instant now) throws TlsProblem {
    return new PeerContexts(cert, key, ca, now);
  }

  /**
   * Looks at the files again, and takes them if they hold something else that can be used. A
   * refusal is reported once for each change of its reasons.
   */
  public ReloadResult poll(Instant now) {
    var files = read();
    if (refusal.isEmpty() && files.fingerprints().equals(accepted)) {
      return new Unchanged();
    }
    try {
      var loaded = load(files, now);
      server.swap(loaded.server());
      client.swap(loaded.client());
      identity = loaded.identity();
      accepted = files.fingerprints();
      refusal = List.of();
      return new Swapped(identity);
    } catch (TlsProblem e) {
      if (e.lines().equals(refusal)) {
        return new Unchanged();
      }
      refusal = e.lines();
      return new Refused(refusal);
    }
  }

  /** What connections of peers are accepted with. */
  public SslContext server() {
    return server;
  }

  /** What connections to peers are made with. */
  public SslContext client() {
    return client;
  }

  /** Who the router is for new connections. */
  public Identity identity() {
    return identity;
  }

  private Files read() {
    return new Files(PemFile.read(cert), PemFile.read(key), PemFile.read(ca));
  }

  private static Loaded load(Files files, Instant now) throws TlsProblem {
    var identity = Identity.of(files.cert(), files.key(), now);
    var trust = new PeerTrust(Identity.certificates(files.ca()));
    requirePurpose(files.cert(), identity.chain().getFirst());
    try {
      trust.checkClientTrusted(
          identity.chain().toArray(X509Certificate[]::new), identity.key().getAlgorithm());
    } catch (CertificateException e) {
      throw files
          .cert()
          .problem("not of the authority in " + files.ca().path() + " (expected: issued by it)");
    }
    return new Loaded(
        identity,
        ContextFactory.peerServer(identity, trust),
        ContextFactory.peerClient(identity, trust));
  }

  /** Each router is a server for some of its peers and a client of others. */
  private static void requirePurpose(PemFile cert, X509Certificate leaf) throws TlsProblem {
    try {
      var purposes = leaf.getExtendedKeyUsage();
      if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
        throw cert.problem(
            "certificate 1 is not for clients (expected: extended key usage clientAuth)");
      }
    } catch (CertificateException e) {
      throw cert.problem("certificate 1 has unreadable extensions");
    }
  }
}
