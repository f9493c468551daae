package io.fairlead.router;

import static java.net.http.HttpClient.Version.HTTP_1_1;
import static java.net.http.HttpClient.Version.HTTP_2;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** What callers and operators send, for {@link Training}. */
final class TrainingTraffic implements AutoCloseable {
  private static final String SCORE = "/api/v1/endpoint/training/score";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ROUNDS = 60; // seconds, and what the JIT compiler counts as often
  private static final int AT_ONCE = 24;

  private final String http;
  private final String https;
  private final String admin;
  private final HttpClient http1;
  private final HttpClient http2;

  TrainingTraffic(String http, String https, String admin, Path ca)
      throws IOException, GeneralSecurityException {
    this.http = "http://" + http;
    this.https = "https://" + https;
    this.admin = "http://" + admin;
    SSLContext trusting = trusting(ca);
    http1 = HttpClient.newBuilder().version(HTTP_1_1).sslContext(trusting).build();
    http2 = HttpClient.newBuilder().version(HTTP_2).sslContext(trusting).build();
  }

  private static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(ca)) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** Sends everything once, and scores many times; not every answer is meant to be a good one. */
  void send() throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      score(http1, http);
      score(http1, https);
      score(http2, https);
    }
    for (String page : List.of("/livez", "/readyz?verbose", "/healthz", "/metrics", "/", "/no")) {
      ask(http1, admin + page, "GET", BodyPublishers.noBody());
    }
    for (HttpClient client : List.of(http1, http2)) {
      for (String path : List.of(SCORE + "?stream=3", "/", "/api/v1/endpoint/other/score")) {
        ask(client, https + path, "GET", BodyPublishers.noBody());
      }
      ask(client, https + SCORE.replace("score", "swagger.json"), "GET", BodyPublishers.noBody());
      ask(client, https + SCORE, "DELETE", BodyPublishers.noBody());
      ask(client, https + SCORE, "POST", BodyPublishers.ofByteArray(new byte[300_000]));
    }
    malformed();
  }

  private static void score(HttpClient client, String router) {
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    BodyPublisher body = BodyPublishers.ofString("{\"data\": [1, 2, 3]}");
    for (int i = 0; i < AT_ONCE; i++) {
      HttpRequest request = request(router + SCORE, "POST", body);
      answers.add(client.sendAsync(request, BodyHandlers.ofByteArray()));
    }
    answers.forEach(CompletableFuture::join);
  }

  private static void ask(HttpClient client, String url, String method, BodyPublisher body)
      throws IOException, InterruptedException {
    client.send(request(url, method, body), BodyHandlers.discarding());
  }

  private static HttpRequest request(String url, String method, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .method(method, body)
        .build();
  }

  private void malformed() throws IOException {
    URI router = URI.create(http);
    try (var socket = new Socket(router.getHost(), router.getPort())) {
      socket.getOutputStream().write("GET\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }

  @Override
  public void close() {
    http1.shutdownNow();
    http2.shutdownNow();
  }
}
