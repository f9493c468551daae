package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.router.auth.TokenAlgorithm;
import io.fairlead.router.token.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Credentials that change under a running program. */
@Timeout(180)
class CredentialsReloadTest {
  private static final String KEYS =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: echo-keys}
      stringData: {primaryKey: "%s", secondaryKey: "%s"}
      """;

  @TempDir Path directory;
  private final HttpClient client = HttpClient.newHttpClient();
  private final StubModel model;
  private ManifestFile manifest;

  CredentialsReloadTest() throws IOException {
    model = StubModel.start("one");
  }

  @BeforeEach
  void open() {
    manifest = new ManifestFile(directory);
  }

  @AfterEach
  void close() {
    client.shutdownNow();
    model.close();
  }

  private void write(String access, String more) throws IOException {
    manifest.write(
        """
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineEndpoint
        metadata: {name: echo}
        spec: {%s, traffic: {blue: 100}}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: echo-blue}
        spec: {name: blue, endpointName: echo, addresses: ["%s"]}
        ---
        %s
        """
            .formatted(access, model.address(), more));
  }

  private int call(RouterProcess router, String credential) throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:" + router.port("http") + "/api/v1/endpoint/echo/score"))
            .header("authorization", "Bearer " + credential)
            .POST(BodyPublishers.ofString("{}"))
            .build();
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }

  @Test
  void aKeyIsRotatedWithoutARefusal() throws Exception {
    String access = "authSecretRef: {name: echo-keys}";
    write(access, KEYS.formatted("first-key-0123456789", "second-key-0123456789"));
    try (var router = RouterProcess.serve(directory)) {
      assertThat(call(router, "first-key-0123456789")).isEqualTo(200);
      assertThat(call(router, "second-key-0123456789")).isEqualTo(200);
      assertThat(call(router, "third-key-0123456789")).isEqualTo(401);

      write(access, KEYS.formatted("third-key-0123456789", "second-key-0123456789"));
      await()
          .atMost(Soon.PATIENCE)
          .until(
              () -> {
                assertThat(call(router, "second-key-0123456789")).isEqualTo(200);
                return call(router, "third-key-0123456789") == 200;
              });
      assertThat(call(router, "first-key-0123456789")).isEqualTo(401);
      assertThat(router.err()).noneMatch(line -> line.contains("key-0123456789"));
    }
  }

  @Test
  void tokensAreVerifiedWithKeysThatAreThereWhenItIsReady() throws Exception {
    var one = SigningKey.generate(TokenAlgorithm.ES256, null, new SecureRandom());
    var jwks = one.jwks();
    HttpServer issuer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    issuer.createContext(
        "/keys",
        exchange -> {
          byte[] body = jwks.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
    String url = "http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys";
    write("authMode: AMLToken, token: {issuer: me, jwks: {url: \"" + url + "\"}}", "");
    try (var router = RouterProcess.serve(directory);
        var caller = new Caller(router)) {
      router.ready();
      String token = one.token("me", "echo", "alice", Instant.now(), Duration.ofHours(1));
      assertThat(call(router, token)).as("the first of all requests").isEqualTo(200);
      assertThat(
              call(router, one.token("me", "other", "alice", Instant.now(), Duration.ofHours(1))))
          .isEqualTo(401);
      assertThat(caller.metric("fairlead_token_keys{endpoint=\"echo\"}")).isEqualTo(1);
    } finally {
      issuer.stop(0);
    }
  }

  @Test
  void aFileOfKeysIsReadAgain() throws Exception {
    var one = SigningKey.generate(TokenAlgorithm.EDDSA, null, new SecureRandom());
    var two = SigningKey.generate(TokenAlgorithm.RS256, null, new SecureRandom());
    Path jwks = Files.writeString(directory.resolve("jwks.json"), one.jwks());
    write("authMode: AMLToken, token: {issuer: me, jwks: {file: \"" + jwks + "\"}}", "");
    try (var router = RouterProcess.serve(directory)) {
      String first = one.token("me", "echo", "alice", Instant.now(), Duration.ofHours(1));
      String second = two.token("me", "echo", "alice", Instant.now(), Duration.ofHours(1));
      assertThat(call(router, first)).isEqualTo(200);
      assertThat(call(router, second)).isEqualTo(401);
      Files.writeString(jwks, two.jwks());
      await().atMost(Soon.PATIENCE).until(() -> call(router, second) == 200);
      assertThat(call(router, first)).as("its key is gone").isEqualTo(401);
    }
  }
}
