package io.fairlead.router;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import io.fairlead.router.config.DemoSettings;
import io.fairlead.router.config.LeaseSettings;
import io.fairlead.router.config.ObserveSettings;
import io.fairlead.router.config.PeerSettings;
import io.fairlead.router.config.Settings;
import io.fairlead.router.demo.SampleModel;
import io.fairlead.router.model.Address;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import io.fairlead.router.proxy.Transport;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code demo} needs beside a router, in a directory of its own that goes with it:
 * sample models, a development certificate, and the manifests that tell of them.
 */
final class Demo implements AutoCloseable {
  private final TemporaryDirectory temporary = TemporaryDirectory.create("fairlead-demo-");
  private final Path directory = temporary.path();
  private final MultiThreadIoEventLoopGroup models;
  private final List<SampleModel> replicas = new ArrayList<>();
  private final DevCertificates.CertificateFiles certificates;

  Demo(DemoSettings asked) throws IOException {
    Transport transport = Transport.best();
    models =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().name("fairlead-sample-models-", 0).daemon().factory(),
            transport.handlers());
    for (int i = 1; i <= asked.replicas(); i++) {
      replicas.add(
          SampleModel.start(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              asked.modelTime(),
              "sample-" + i,
              models,
              transport.serverChannels(),
              false));
    }
    certificates = certify(directory.resolve("certificate"));
    Path manifests = Files.createDirectory(directory.resolve("manifests"));
    Files.writeString(manifests.resolve("demo.yaml"), manifest());
  }

  private static DevCertificates.CertificateFiles certify(Path target) throws IOException {
    var leaf =
        new Leaf(
            List.of("localhost", "127.0.0.1", "::1"),
            KeyType.EC,
            Validity.of(Instant.now(), Duration.ofDays(30)),
            true);
    var request = new DevCertificates.Request(leaf, KeyForm.PKCS8, false);
    return DevCertificates.create(request, target, new SecureRandom());
  }

  private String manifest() {
    String addresses =
        replicas.stream()
            .map(model -> "\"127.0.0.1:" + model.address().getPort() + "\"")
            .collect(Collectors.joining(", "));
    return """
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineEndpoint
    metadata: {name: demo}
    spec: {authMode: None, traffic: {blue: 100}}
    ---
    apiVersion: fairlead.dev/v1alpha1
    kind: OnlineDeployment
    metadata: {name: demo-blue}
    spec: {name: blue, endpointName: demo, addresses: [%s]}
    """
        .formatted(addresses);
  }

  /** Returns what the routers are started with. */
  List<Settings> settings(DemoSettings asked) throws IOException {
    if (asked.routers() == 1) {
      return List.of(settings(asked.http(), asked.https(), asked.admin(), null));
    }
    var free = new Address("127.0.0.1", 0);
    List<Settings> all = new ArrayList<>();
    List<Address> peers = freeAddresses(asked.routers());
    for (Address peer : peers) {
      var sharing =
          new PeerSettings(peer, peers, certificates.cert(), certificates.key(), certificates.ca());
      all.add(
          all.isEmpty()
              ? settings(asked.http(), asked.https(), asked.admin(), sharing)
              : settings(free, free, free, sharing));
    }
    return all;
  }

  /** Returns addresses whose ports are free at this moment: each has to know those of all. */
  private static List<Address> freeAddresses(int count) throws IOException {
    List<ServerSocket> open = new ArrayList<>();
    List<Address> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
      open.add(socket);
      addresses.add(new Address("127.0.0.1", socket.getLocalPort()));
    }
    for (ServerSocket socket : open) {
      socket.close();
    }
    return addresses;
  }

  private Settings settings(
      Address http, Address https, Address admin, @Nullable PeerSettings sharing) {
    return new Settings(
        http,
        https,
        admin,
        directory.resolve("manifests"),
        null,
        certificates.cert(),
        certificates.key(),
        null,
        ErrorProfile.KUBERNETES,
        Limits.DEFAULT,
        0,
        Settings.Transport.AUTO,
        Settings.TlsProvider.AUTO,
        List.of(),
        Settings.ProxyProtocol.OFF,
        null,
        Settings.LogFormat.TEXT,
        sharing == null
            ? LeaseSettings.DEFAULT
            : new LeaseSettings(
                directory.resolve("lease"),
                LeaseSettings.DEFAULT.name(),
                LeaseSettings.DEFAULT.duration()),
        sharing,
        ObserveSettings.DEFAULT);
  }

  /** Returns lines to paste: a call of each kind that the first of {@code routers} answers. */
  String hints(List<Router> routers) {
    String http = routers.getFirst().address("http");
    String https = routers.getFirst().address("https");
    String admin = routers.getFirst().address("admin");
    String json = " -H 'content-type: application/json' -d '{\"data\": [1, 2, 3]}' ";
    String score = "/api/v1/endpoint/demo/score";
    String ca = " --cacert " + certificates.ca();
    return """

    %d sample models answer behind it, one request each at a time. Try:

      curl%shttp://%s%s
      curl --http2-prior-knowledge%shttp://%s%s
      curl --http1.1%s%shttps://%s%s
      curl --http2%s%shttps://%s%s
      curl http://%s/api/v1/endpoint/demo/swagger.json
      curl -N 'http://%s%s?stream=3'
      curl http://%s/metrics

    %sThe manifests are in %s: change them and see. Ctrl-C stops everything.
    """
        .formatted(
            replicas.size(),
            json,
            http,
            score,
            json,
            http,
            score,
            ca,
            json,
            https,
            score,
            ca,
            json,
            https,
            score,
            http,
            http,
            score,
            admin,
            others(routers),
            directory.resolve("manifests"));
  }

  private static String others(List<Router> routers) {
    return routers.size() == 1
        ? ""
        : routers.stream()
            .skip(1)
            .map(router -> "http=" + router.address("http") + " admin=" + router.address("admin"))
            .collect(
                Collectors.joining(
                    "\n  ", "The other routers share these models with the first:\n\n  ", "\n\n"));
  }

  @Override
  public void close() {
    replicas.forEach(SampleModel::close);
    models.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    temporary.close();
  }
}
