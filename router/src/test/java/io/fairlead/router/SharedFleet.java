package io.fairlead.router;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import io.fairlead.router.config.InvalidSettings;
import io.fairlead.router.config.SettingsReader;
import io.fairlead.router.demo.SampleModel;
import io.fairlead.router.proxy.Transport;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Routers in this process that share sample models, each of which takes one request at once. */
final class SharedFleet implements AutoCloseable {

  final List<Router> routers = new CopyOnWriteArrayList<>();
  final List<SampleModel> models = new ArrayList<>();
  private final Path directory;
  private final List<ClaimedPort> ports = new ArrayList<>();
  private final DevCertificates.CertificateFiles certificates;
  private final MultiThreadIoEventLoopGroup loops;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Soon.PATIENCE)
          .build();

  SharedFleet(Path directory, int routerCount, int modelCount, Duration modelTime)
      throws Exception {
    this(directory, routerCount, modelCount, modelTime, 1000);
  }

  SharedFleet(
      Path directory, int routerCount, int modelCount, Duration modelTime, int maxQueueLength)
      throws Exception {
    this.directory = directory;
    for (int i = 0; i < routerCount; i++) {
      ports.add(new ClaimedPort());
    }
    certificates =
        DevCertificates.create(
            new DevCertificates.Request(
                new Leaf(
                    List.of("127.0.0.1"),
                    KeyType.EC,
                    Validity.of(Instant.now(), Duration.ofDays(1)),
                    true),
                KeyForm.PKCS8,
                false),
            directory.resolve("certificate"),
            new SecureRandom());
    Transport transport = Transport.best();
    loops = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    for (int i = 0; i < modelCount; i++) {
      models.add(
          SampleModel.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              modelTime,
              "model-" + i,
              loops,
              transport.serverChannels(),
              true));
    }
    new ManifestFile(Files.createDirectory(directory.resolve("manifests")))
        .write(
            maxQueueLength,
            new ManifestFile.Share(
                "blue",
                100,
                models.stream().map(model -> "127.0.0.1:" + model.address().getPort()).toList()));
    for (int i = 0; i < routerCount; i++) {
      start(i);
    }
  }

  void start(int index) throws StartFailure {
    String peers =
        ports.stream().map(port -> "127.0.0.1:" + port.number()).collect(Collectors.joining(","));
    try {
      routers.add(
          Router.start(
              SettingsReader.serve(
                  Map.ofEntries(
                      Map.entry("manifests", directory.resolve("manifests").toString()),
                      Map.entry("http", "127.0.0.1:0"),
                      Map.entry("admin", "127.0.0.1:0"),
                      Map.entry("eventLoops", "1"),
                      Map.entry("drainDelaySeconds", "3"),
                      Map.entry("leaseFile", directory.resolve("lease").toString()),
                      Map.entry("leaseDurationMs", "5000"),
                      Map.entry("peer", "127.0.0.1:" + ports.get(index).number()),
                      Map.entry("peers", peers),
                      Map.entry("peerCert", certificates.cert().toString()),
                      Map.entry("peerKey", certificates.key().toString()),
                      Map.entry("peerCa", certificates.ca().toString())),
                  Map.of())));
    } catch (InvalidSettings e) {
      throw new AssertionError(e.problems().toString(), e);
    }
  }

  /** Returns the router that grants slots, waiting until there is one. */
  Router coordinator() {
    var found = new AtomicReference<Router>();
    Soon.become(
        "one leads",
        () -> {
          routers.stream()
              .filter(router -> router.leadership().leads(router.nanos()))
              .forEach(found::set);
          return found.get() != null;
        });
    return Objects.requireNonNull(found.get());
  }

  /** Ends a router as SIGTERM does. */
  void end(Router router) throws InterruptedException {
    routers.remove(router);
    router.drain();
    router.close();
  }

  HttpResponse<String> score(Router router) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://" + router.address("http") + "/api/v1/endpoint/echo/score"))
            .timeout(Soon.PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString("{\"data\": [1]}"))
            .build(),
        BodyHandlers.ofString());
  }

  String admin(Router router, String path) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://" + router.address("admin") + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  /** Returns the most requests that any model had at once. */
  int peak() {
    return models.stream().mapToInt(SampleModel::peakConcurrency).max().orElse(0);
  }

  @Override
  public void close() throws IOException {
    client.shutdownNow();
    routers.forEach(Router::close);
    for (ClaimedPort port : ports) {
      port.close();
    }
    models.forEach(SampleModel::close);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
