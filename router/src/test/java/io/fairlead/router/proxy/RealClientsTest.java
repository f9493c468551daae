package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import io.fairlead.router.Tools;
import io.fairlead.router.demo.SampleModel;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsEngine;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that people really use, against the data path on real sockets. */
final class RealClientsTest {
  private static final String BODY = "{\"data\": [1, 2, 3]}";

  /** Fewer than the streams of one connection: the JDK's client fails what is beyond them. */
  private static final int IN_PARALLEL = 90;

  @TempDir static Path directory;
  private static MultiThreadIoEventLoopGroup models;
  private static final List<SampleModel> REPLICAS = new ArrayList<>();
  private static TestRouter router;
  private static DevCertificates.CertificateFiles certificates;
  private static int plainPort;
  private static int tlsPort;

  @BeforeAll
  static void start() throws Exception {
    Transport transport = Transport.best();
    models = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    for (int i = 0; i < 2; i++) {
      REPLICAS.add(
          SampleModel.start(
              anyPort, Duration.ZERO, "sample-" + i, models, transport.serverChannels(), false));
    }
    var leaf =
        new Leaf(
            List.of("localhost", "127.0.0.1"),
            KeyType.EC,
            Validity.of(Instant.now(), Duration.ofDays(1)),
            false);
    certificates =
        DevCertificates.create(
            new DevCertificates.Request(leaf, KeyForm.PKCS8, false),
            directory.resolve("certificates"),
            new SecureRandom());
    var tls =
        TlsContexts.open(
            certificates.cert(),
            certificates.key(),
            TlsEngine.choose(TlsEngine.Choice.AUTO),
            new SecureRandom(),
            Instant.now());
    var setup = new TestRouter.Setup();
    setup.loops = 2;
    setup.settings = patient();
    router =
        setup.start(REPLICAS.stream().map(SampleModel::address).toArray(InetSocketAddress[]::new));
    plainPort = router.listen();
    tlsPort = router.listen(tls::newHandler);
  }

  /** One request at a time, and room for all the others to wait. */
  private static RequestSettings patient() {
    RequestSettings defaults = RequestSettings.DEFAULT;
    return new RequestSettings(
        Duration.ofSeconds(30),
        1,
        Duration.ofSeconds(30),
        10_000,
        defaults.bodyPrefixBytes(),
        defaults.onClientGone(),
        false,
        false);
  }

  @AfterAll
  static void stop() {
    router.close();
    REPLICAS.forEach(SampleModel::close);
    models.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static URI score(boolean tls) {
    return URI.create(
        (tls ? "https://localhost:" + tlsPort : "http://localhost:" + plainPort)
            + TestRouter.SCORE);
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,false", "HTTP_1_1,true", "HTTP_2,true"})
  void javaClientScoresInParallel(HttpClient.Version version, boolean tls) throws Exception {
    try (var client = HttpClient.newBuilder().version(version).sslContext(trusting()).build()) {
      var request =
          HttpRequest.newBuilder(score(tls))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(BODY))
              .build();
      List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
      for (int i = 0; i < IN_PARALLEL; i++) {
        calls.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      }
      for (CompletableFuture<HttpResponse<String>> call : calls) {
        HttpResponse<String> response = call.get(60, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.headers().firstValue("azureml-model-deployment")).contains("blue");
      }
    }
    assertThat(REPLICAS).allSatisfy(model -> assertThat(model.peakConcurrency()).isEqualTo(1));
    assertThat(router.load().inFlight()).isZero();
  }

  private static SSLContext trusting() throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    try (var in = Files.newInputStream(certificates.ca())) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @ParameterizedTest
  @CsvSource({
    "--http1.0,false,1.0",
    "--http1.1,false,1.1",
    "--http2-prior-knowledge,false,2",
    "--http1.1,true,1.1",
    "--http2,true,2"
  })
  void curlScores(String version, boolean tls, String spoken) throws Exception {
    String curl = Tools.require("curl").toString();
    String out =
        run(
            curl,
            "-sS",
            version,
            "--cacert",
            certificates.ca().toString(),
            "-H",
            "content-type: application/json",
            "-d",
            BODY,
            "-o",
            "/dev/null",
            "-w",
            "%{http_code} %{http_version}",
            score(tls).toString());

    // curl counts what comes back, and the router always answers as HTTP/1.1
    assertThat(out).isEqualTo("200 " + (spoken.equals("1.0") ? "1.1" : spoken));
  }

  @Test
  void curlUploadsWhatItMustFirstBeToldToContinueWith() throws Exception {
    String curl = Tools.require("curl").toString();
    Path large = directory.resolve("large");
    Files.write(large, new byte[3_000_000]);

    String out =
        run(
            curl,
            "-sS",
            "-H",
            "expect: 100-continue",
            "-H",
            "content-type: application/json",
            "--data-binary",
            "@" + large,
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            score(false).toString());

    assertThat(out).isEqualTo("200");
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void nghttpScores(boolean tls) throws Exception {
    String nghttp = Tools.require("nghttp").toString();
    Path body = Files.writeString(directory.resolve("body"), BODY);

    String out =
        run(
            nghttp,
            "-nv",
            "-H",
            "content-type: application/json",
            "-d",
            body.toString(),
            score(tls).toString());

    assertThat(out).contains(":status: 200").doesNotContain("RST_STREAM");
  }

  @Test
  void h2loadSeesNoError() throws Exception {
    String h2load = Tools.require("h2load").toString();
    Path body = Files.writeString(directory.resolve("body"), BODY);

    String out =
        run(
            h2load,
            "-n500",
            "-c4",
            "-m25",
            "-H",
            "content-type: application/json",
            "-d",
            body.toString(),
            score(true).toString());

    assertThat(out).contains("500 succeeded, 0 failed, 0 errored, 0 timeout");
    assertThat(REPLICAS).allSatisfy(model -> assertThat(model.peakConcurrency()).isEqualTo(1));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
