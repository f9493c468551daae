package io.fairlead.router.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProtocols;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Builds server contexts: TLS 1.2 and 1.3, ephemeral elliptic curves, authenticated encryption.
 *
 * <p>What is not here is off: compression and renegotiation do not exist in BoringSSL's server, and
 * neither library takes 0-RTT data unless told to. A ClientHello over 16 KiB is refused by
 * BoringSSL (32 KiB by the JDK).
 */
final class ContextFactory {
  /** In order of preference; AES first, since servers and most clients have it in hardware. */
  static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final String[] BORINGSSL_GROUPS = {"X25519MLKEM768", "X25519", "P-256"};

  /** A JDK that does not know a group passes over its name; the hybrid comes with JDK 27. */
  private static final String[] JDK_GROUPS = {"X25519MLKEM768", "x25519", "secp256r1"};

  /** HTTP/2 if the client has it; a client that offers neither is taken for HTTP/1.1. */
  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private final TlsEngine.Library library;
  private final SecureRandom random;

  ContextFactory(TlsEngine.Library library, SecureRandom random) {
    this.library = library;
    this.random = random;
    if (library == TlsEngine.Library.JDK) {
      forbidRenegotiation();
    }
  }

  /**
   * Builds a context, which the caller has to release.
   *
   * @param authorities whose clients may prove themselves; empty for asking nobody to
   */
  SslContext build(Identity identity, TicketKeys tickets, List<X509Certificate> authorities)
      throws TlsProblem {
    try {
      var builder =
          SslContextBuilder.forServer(identity.key(), identity.chain())
              // In memory only: the default, PKCS#12, derives a key from the empty password at 0.1
              // s.
              .keyStoreType("JKS")
              .sslProvider(library.provider())
              .protocols(SslProtocols.TLS_v1_3, SslProtocols.TLS_v1_2)
              .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .applicationProtocolConfig(ALPN)
              .secureRandom(random)
              // The few signatures of a handshake cost less than a change of thread.
              .option(OpenSslContextOption.USE_TASKS, false)
              .option(OpenSslContextOption.GROUPS, BORINGSSL_GROUPS);
      if (authorities.isEmpty()) {
        // Else the JDK's 150 roots are read and sent to BoringSSL, for nobody.
        builder.clientAuth(ClientAuth.NONE).trustManager(NoClients.INSTANCE);
      } else {
        builder.clientAuth(ClientAuth.OPTIONAL).trustManager(authorities);
      }
      var context = builder.build();
      if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
        // Tickets keep the sessions at the clients: no cache here to fill, lock and look up.
        sessions.setSessionCacheEnabled(false);
        sessions.setTicketKeys(tickets.keys());
      }
      return context;
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsProblem("certificate: refused by " + library + ": " + e.getMessage());
    }
  }

  /** Builds what a router accepts its peers with: both ends are of a release that has TLS 1.3. */
  static SslContext peerServer(Identity identity, PeerTrust trust) throws TlsProblem {
    try {
      return peer(SslContextBuilder.forServer(identity.key(), identity.chain()), trust)
          .clientAuth(ClientAuth.REQUIRE)
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsProblem("peer certificate: refused by the JDK: " + e.getMessage());
    }
  }

  /** Builds what a router asks its peers with. */
  static SslContext peerClient(Identity identity, PeerTrust trust) throws TlsProblem {
    try {
      return peer(SslContextBuilder.forClient().keyManager(identity.key(), identity.chain()), trust)
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsProblem("peer certificate: refused by the JDK: " + e.getMessage());
    }
  }

  /** The JDK's contexts need not be released: a few connections in an hour cost nothing. */
  private static SslContextBuilder peer(SslContextBuilder builder, PeerTrust trust) {
    return builder
        .keyStoreType("JKS")
        .sslProvider(SslProvider.JDK)
        .protocols(SslProtocols.TLS_v1_3)
        .trustManager(trust)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2));
  }

  /** Sets, for one connection, what Netty does not hand through to the JDK. */
  SslHandler configured(SslHandler handler) {
    if (library == TlsEngine.Library.JDK) {
      var parameters = handler.engine().getSSLParameters();
      parameters.setNamedGroups(JDK_GROUPS);
      parameters.setUseCipherSuitesOrder(true);
      handler.engine().setSSLParameters(parameters);
    }
    return handler;
  }

  /** The JDK has no other switch for it, and reads this one at its first handshake as a server. */
  private static void forbidRenegotiation() {
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }
}
