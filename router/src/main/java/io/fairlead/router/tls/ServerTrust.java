package io.fairlead.router.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Trust in the servers that the router itself asks: those of certain authorities alone. */
public final class ServerTrust {
  private ServerTrust() {}

  /**
   * Returns the context of a client that trusts the authorities in a PEM file, and no others.
   *
   * @throws TlsProblem if there are none in it
   */
  public static SSLContext context(Path caFile) throws TlsProblem {
    var trusted = ClientTrust.verifier(Identity.certificates(PemFile.read(caFile)));
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trusted}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
