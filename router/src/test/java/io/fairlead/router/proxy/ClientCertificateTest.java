package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.certs.Authority;
import io.fairlead.certs.Certified;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Pem;
import io.fairlead.certs.Validity;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClientCertificates;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.TrafficSplit;
import io.fairlead.router.tls.ClientAuthorities;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsEngine;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Endpoints that ask for a certificate of the caller, over real TLS with both libraries. */
final class ClientCertificateTest {
  private static final Authority SERVERS = authority("servers");
  private static final Authority CLIENTS = authority("clients");
  private static final Authority OTHERS = authority("others");

  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;
  private @Nullable TlsContexts contexts;
  private int port;

  private static Authority authority(String name) {
    var validity = new Validity(Instant.EPOCH, Instant.parse("2099-01-01T00:00:00Z"));
    return Authority.create(name, KeyType.EC, validity, new SecureRandom());
  }

  private static Certified leaf(Authority authority, String name, boolean client) {
    var day = Validity.of(Instant.now(), Duration.ofDays(1));
    return authority.issue(new Leaf(List.of(name), KeyType.EC, day, client));
  }

  @AfterEach
  void close() {
    if (contexts != null) {
      contexts.close();
    }
  }

  /** Starts with an endpoint that wants what {@code wanted} says; trusts also {@link #OTHERS}. */
  private FakeReplica start(
      TlsEngine.Choice choice, Authentication authentication, ClientCertificates wanted)
      throws Exception {
    var access = new Access(authentication, wanted, false, null, null, 0);
    var another =
        new Access(
            new Authentication.Anyone(),
            new ClientCertificates(Pem.of(List.of(OTHERS.certificate())), null, List.of()),
            false,
            null,
            null,
            0);
    var split = new TrafficSplit(Map.of("blue", 100));
    var state =
        new ClusterState(
            1,
            List.of(
                Endpoint.open("default", "echo", split).with(access),
                Endpoint.open("default", "other", split).with(another)),
            List.of());
    var authorities = new ClientAuthorities();
    assertThat(authorities.look(state).problems()).isEmpty();
    stage.setup.access = access;
    var gate = new Gate(authentication, null, authorities.rule(wanted));
    stage.setup.gates = endpoint -> gate;
    FakeReplica replica = stage.replica();
    stage.start(replica);

    var server = leaf(SERVERS, "127.0.0.1", false);
    var cert = Files.writeString(directory.resolve("cert.pem"), Pem.of(server.chain()));
    var key = Files.writeString(directory.resolve("key.pem"), Pem.of(server.key(), KeyForm.PKCS8));
    var opened =
        TlsContexts.open(cert, key, TlsEngine.choose(choice), new SecureRandom(), Instant.now());
    opened.trust(authorities.all());
    contexts = opened;
    port = stage.router().listen(opened);
    return replica;
  }

  private static ClientCertificates clients(String... subjects) {
    return new ClientCertificates(Pem.of(List.of(CLIENTS.certificate())), null, List.of(subjects));
  }

  private static SSLContext client(@Nullable Certified certified) throws Exception {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", SERVERS.certificate());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (certified != null) {
      own.setKeyEntry(
          "own", certified.key(), new char[0], certified.chain().toArray(X509Certificate[]::new));
    }
    var keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(own, new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new Insistent((X509ExtendedKeyManager) keys.getKeyManagers()[0])},
        trust.getTrustManagers(),
        null);
    return context;
  }

  /** Sends the certificate there is, whoever is asked for. */
  private static final class Insistent extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager keys;

    Insistent(X509ExtendedKeyManager keys) {
      this.keys = keys;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return keys.getClientAliases(type, null);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return keys.chooseClientAlias(types, null, socket);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      throw new AssertionError("a client");
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      throw new AssertionError("a client");
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return keys.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return keys.getPrivateKey(alias);
    }
  }

  private Caller connect(SSLContext client, String protocol) throws IOException {
    var socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setEnabledProtocols(new String[] {protocol});
    return new Caller(socket);
  }

  private int status(@Nullable Certified certified, String... fields) throws Exception {
    try (Caller caller = connect(client(certified), "TLSv1.3")) {
      return caller.call(Caller.post("{}", fields)).status();
    }
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL, TLSv1.3", "OPENSSL, TLSv1.2", "JDK, TLSv1.3", "JDK, TLSv1.2"})
  void aCertificateOfItsAuthoritiesLetsIn(TlsEngine.Choice choice, String protocol)
      throws Exception {
    start(choice, new Authentication.Anyone(), clients());
    SSLContext client = client(leaf(CLIENTS, "alice.example.com", true));
    for (int i = 0; i < 3; i++) { // the later ones resume the session of the first
      try (Caller caller = connect(client, protocol)) {
        assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
        assertThat(caller.call(Caller.post("{}")).status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL, TLSv1.3", "OPENSSL, TLSv1.2", "JDK, TLSv1.3", "JDK, TLSv1.2"})
  void withoutOneItIs401AndTheHandshakeGoesThrough(TlsEngine.Choice choice, String protocol)
      throws Exception {
    FakeReplica replica = start(choice, new Authentication.Anyone(), clients());
    try (Caller caller = connect(client(null), protocol)) {
      Answer answer = caller.call(Caller.post("{}"));
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.field("www-authenticate")).isEqualTo("Bearer");
      assertThat(answer.body()).contains("\"detail\":\"client certificate: missing");
    }
    assertThat(replica.acceptedConnections()).isZero();
  }

  @Test
  void cleartextIs401() throws Exception {
    start(TlsEngine.Choice.AUTO, new Authentication.Anyone(), clients());
    Answer answer = stage.caller().call(Caller.post("{}"));
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).contains("client certificate: missing");
  }

  /** The handshake trusts the authorities of all endpoints; this one does not. */
  @ParameterizedTest
  @CsvSource({"OPENSSL", "JDK"})
  void aCertificateForAnotherEndpointIs401(TlsEngine.Choice choice) throws Exception {
    start(choice, new Authentication.Anyone(), clients());
    try (Caller caller = connect(client(leaf(OTHERS, "bob.example.com", true)), "TLSv1.3")) {
      for (int i = 0; i < 2; i++) {
        Answer answer = caller.call(Caller.post("{}"));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).contains("client certificate: not trusted here");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL", "JDK"})
  void aCertificateOfNoAuthorityFailsTheHandshake(TlsEngine.Choice choice) throws Exception {
    start(choice, new Authentication.Anyone(), clients());
    Certified stranger = leaf(authority("strangers"), "eve.example.com", true);
    assertThatThrownBy(() -> status(stranger)).isInstanceOf(IOException.class);
    stage.until(() -> stage.router().meters().count("TLS_HANDSHAKE_FAILED") == 1);
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL", "JDK"})
  void aCertificateForServersAloneIsNone(TlsEngine.Choice choice) throws Exception {
    start(choice, new Authentication.Anyone(), clients());
    Certified server = leaf(CLIENTS, "alice.example.com", false);
    assertThatThrownBy(() -> status(server)).isInstanceOf(IOException.class);
  }

  @Test
  void subjectsAreDnsNamesOrDistinguishedNames() throws Exception {
    start(
        TlsEngine.Choice.AUTO,
        new Authentication.Anyone(),
        clients("alice.example.com", "CN=nobody,O=Example"));
    assertThat(status(leaf(CLIENTS, "alice.example.com", true))).isEqualTo(200);
    assertThat(status(leaf(CLIENTS, "Alice.Example.com", true))).isEqualTo(200);
    assertThat(status(leaf(CLIENTS, "bob.example.com", true))).isEqualTo(401);
  }

  @Test
  void aDistinguishedNameIsComparedWithoutRegardToCase() throws Exception {
    start(TlsEngine.Choice.AUTO, new Authentication.Anyone(), clients("o=fairlead DEVELOPMENT"));
    assertThat(status(leaf(CLIENTS, "alice.example.com", true))).isEqualTo(200);
  }

  @Test
  void whereAKeyIsAskedForAsWellBothAreNeeded() throws Exception {
    var keys = new Authentication.Keys(List.of(KeyDigest.of("primary-key-0123456789")));
    start(TlsEngine.Choice.AUTO, keys, clients());
    Certified alice = leaf(CLIENTS, "alice.example.com", true);
    String key = "Authorization: Bearer primary-key-0123456789";
    assertThat(status(alice, key)).isEqualTo(200);
    assertThat(status(alice)).isEqualTo(401);
    assertThat(status(null, key)).isEqualTo(401);
  }

  @Test
  void authoritiesAreSwappedForNewConnections() throws Exception {
    start(TlsEngine.Choice.AUTO, new Authentication.Anyone(), clients());
    Certified stranger = leaf(authority("strangers"), "eve.example.com", true);
    Objects.requireNonNull(contexts).trust(List.of(stranger.root()));
    assertThat(status(stranger)).as("trusted by the handshake alone").isEqualTo(401);
    Objects.requireNonNull(contexts).trust(List.of());
    assertThat(status(stranger)).as("asked no more").isEqualTo(401);
  }
}
