package io.fairlead.router.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Trust in the servers that the router itself asks: those of the authorities in a PEM file, and no
 * others. The file is read again whenever trust is asked for.
 */
public final class ServerTrust {
  private final Path caFile;
  private PemFile seen;
  private SSLContext context;

  private ServerTrust(Path caFile, PemFile seen) throws TlsProblem {
    this.caFile = caFile;
    this.seen = seen;
    this.context = context(seen);
  }

  /**
   * Trusts the authorities in {@code caFile}.
   *
   * @throws TlsProblem if there are none in it
   */
  public static ServerTrust open(Path caFile) throws TlsProblem {
    return new ServerTrust(caFile, PemFile.read(caFile));
  }

  /**
   * Returns the context of a client: the same one until the file changes.
   *
   * @throws TlsProblem if there are no authorities in the file any more
   */
  public synchronized SSLContext context() throws TlsProblem {
    PemFile now = PemFile.read(caFile);
    if (!now.equals(seen)) {
      context = context(now);
      seen = now;
    }
    return context;
  }

  private static SSLContext context(PemFile file) throws TlsProblem {
    var trusted = ClientTrust.verifier(Identity.certificates(file));
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trusted}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
