package io.fairlead.router.proxy;

import io.fairlead.certs.Authority;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.Soon;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsEngine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate with its key in files, the contexts that serve it, and clients that trust it. */
final class TestTls implements Closeable {
  private static final Authority ROOT =
      Authority.create(
          "test root",
          KeyType.EC,
          new Validity(Instant.EPOCH, Instant.parse("2099-01-01T00:00:00Z")),
          new SecureRandom());

  private final Path cert;
  private final Path key;
  private final TlsContexts contexts;

  /** Writes a certificate for {@code names} to {@code directory} and serves it. */
  TestTls(Path directory, TlsEngine.Choice choice, String... names) throws Exception {
    cert = directory.resolve("cert.pem");
    key = directory.resolve("key.pem");
    write(names);
    contexts =
        TlsContexts.open(cert, key, TlsEngine.choose(choice), new SecureRandom(), Instant.now());
  }

  /** Replaces the files; what is served changes with {@link TlsContexts#poll}. */
  void write(String... names) throws IOException {
    var day = Validity.of(Instant.now(), Duration.ofDays(1));
    var certified = ROOT.issue(new Leaf(List.of(names), KeyType.EC, day, false));
    Files.writeString(cert, Pem.of(certified.chain()));
    Files.writeString(key, Pem.of(certified.key(), KeyForm.PKCS8));
  }

  TlsContexts contexts() {
    return contexts;
  }

  /** Connects as a client that asks for {@code server}, or names none if that is empty. */
  static SSLSocket connect(int port, String server, String... alpn)
      throws IOException, GeneralSecurityException {
    var socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(Soon.PATIENCE_MILLIS);
    var parameters = socket.getSSLParameters();
    parameters.setServerNames(server.isEmpty() ? List.of() : List.of(new SNIHostName(server)));
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    return socket;
  }

  /** Returns what makes a client trust it. */
  static SSLContext trusting() throws IOException, GeneralSecurityException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", ROOT.certificate());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    contexts.close();
  }
}
