package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import io.fairlead.router.cluster.ApiServer;
import io.fairlead.router.cluster.Container;
import io.fairlead.router.cluster.Kubelet;
import io.fairlead.router.cluster.ServiceName;
import io.fairlead.router.cluster.ServiceProxy;
import io.fairlead.router.demo.SampleModel;
import io.fairlead.router.proxy.Transport;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rollouts under a constant load, with routers as {@code helm install} makes them and models that
 * take one request at once: no request fails, and no model ever has two.
 *
 * <p>More load, and the chart's own times: {@code -Dfairlead.rollout.rate=200
 * -Dfairlead.rollout.drain=15}.
 */
@Tag("cluster")
@EnabledIfSystemProperty(
    named = "fairlead.rollout",
    matches = "true",
    disabledReason = "takes four minutes: asked for by -Dfairlead.rollout=true, see docs/FLEET.md")
@Timeout(400)
class RolloutTest {
  private static final Path CHART = Path.of("..", "charts", "fairlead");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration MODEL_TIME = Duration.ofMillis(10);
  private static final int RATE = Integer.getInteger("fairlead.rollout.rate", 100);
  private static final int DRAIN_DELAY = Integer.getInteger("fairlead.rollout.drain", 4);
  private static final int HTTP = 8080;
  private static final int HTTPS = 8443;
  private static final int MODEL = 5001;
  private static final int HTTP2_CALLERS = 4;
  private static final String NODE = "rollout-node";
  private static final String ROUTERS = "deployment/rel-fairlead";
  private static final String MODELS = "deployment/model";

  @TempDir private static Path directory;
  private static final List<AutoCloseable> running = new ArrayList<>();
  private static final List<SampleModel> models = new CopyOnWriteArrayList<>();
  private static final List<SteadyLoad.Sender> callers = new ArrayList<>();
  private static ApiServer server;
  private static Kubelet kubelet;
  private static String namespace;

  @BeforeAll
  static void install() throws Exception {
    server = ApiServer.shared();
    server.startControllers();
    server.startScheduler();
    server.kubectl("apply", "--validate=strict", "-f", CHART.resolve("crds").toString());
    server.kubectl(
        "wait",
        "--for=condition=Established",
        "--timeout=20s",
        "crd/onlineendpoints.fairlead.dev",
        "crd/onlinedeployments.fairlead.dev");
    namespace = server.namespace("rollout");
    Path certificate = certificate();
    Path hosts = directory.resolve("hosts");
    keep(new ServiceName(server, namespace, "rel-fairlead-peers", hosts));
    kubelet =
        keep(
            new Kubelet(
                server,
                NODE,
                directory.resolve("pods"),
                Map.of(
                    "fairlead",
                    start -> router(start, hosts),
                    "sample-model",
                    modelImage(keep(new Loops())))));
    server.apply(namespace, MODEL_OBJECTS);
    helm("install");
    for (String deployment : List.of(ROUTERS, MODELS)) {
      awaitRollout(deployment);
    }
    ServiceProxy http = keep(new ServiceProxy(server, namespace, "rel-fairlead", HTTP));
    ServiceProxy https = keep(new ServiceProxy(server, namespace, "rel-fairlead", HTTPS));
    await().atMost(PATIENCE).until(() -> https.endpoints().size() == 3);
    var strict = keep(new StrictCaller(http.port(), "{}"));
    for (int i = 0; i < HTTP2_CALLERS; i++) {
      callers.add(strict);
      callers.add(http2(https.port(), certificate));
    }
    await("a score" + kubelet.logs("rel"))
        .atMost(PATIENCE)
        .until(() -> callers.get(1).send().status() == 200);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : running.reversed()) {
      each.close();
    }
  }

  @Test
  void restartOfRouters() throws Exception {
    List<String> before = kubelet.pods("rel-fairlead");
    underLoad(
        "restart of routers",
        () -> {
          kubectl("rollout", "restart", ROUTERS);
          awaitRollout(ROUTERS);
          awaitPods("rel-fairlead", 3);
        });
    assertThat(kubelet.pods("rel-fairlead")).doesNotContainAnyElementsOf(before);
  }

  @Test
  void upgradeWithAnotherConfiguration() throws Exception {
    List<String> before = kubelet.pods("rel-fairlead");
    underLoad(
        "helm upgrade",
        () -> {
          helm("upgrade", "--set=config.maxRequestBytes=1000000");
          awaitRollout(ROUTERS);
          awaitPods("rel-fairlead", 3);
        });
    assertThat(kubelet.pods("rel-fairlead")).doesNotContainAnyElementsOf(before);
  }

  @Test
  void restartOfModelsAndFewerOfThem() throws Exception {
    List<String> before = kubelet.pods("model");
    underLoad(
        "restart of models",
        () -> {
          kubectl("rollout", "restart", MODELS);
          awaitRollout(MODELS);
          awaitPods("model", 6);
        });
    assertThat(kubelet.pods("model")).doesNotContainAnyElementsOf(before);
    underLoad(
        "six models become three",
        () -> {
          kubectl("scale", MODELS, "--replicas=3");
          awaitPods("model", 3);
        });
    kubectl("scale", MODELS, "--replicas=6");
    awaitRollout(MODELS);
  }

  /** What happens under load. */
  private interface Step {
    void run() throws Exception;
  }

  /** Does it under load that begins before and ends after; then what must be true of that. */
  private static void underLoad(String what, Step step) throws Exception {
    int endedBefore = kubelet.endings().size();
    SteadyLoad load = SteadyLoad.start(callers, RATE);
    try {
      awaitAnswers(load);
      step.run();
      awaitAnswers(load);
    } finally {
      load.end();
    }
    SteadyLoad.Report report = load.report();
    List<Kubelet.Ending> ended = kubelet.endings().subList(endedBefore, kubelet.endings().size());
    int peak = models.stream().mapToInt(SampleModel::peakConcurrency).max().orElseThrow();
    System.out.printf(
        "rollout: %s: %s, %d containers ended, most requests in one model %d%n",
        what, report, ended.size(), peak);
    String logs =
        report.failures().isEmpty() && peak == 1
            ? ""
            : "\n" + ended + "\n" + kubelet.logs("rel-fairlead");
    assertThat(report.failures()).as(what + logs).isEmpty();
    assertThat(ended).isNotEmpty().allMatch(ending -> ending.how().equals("0"));
    assertThat(peak).as(what + ": most requests in one model" + logs).isOne();
  }

  private static void awaitAnswers(SteadyLoad load) {
    int answered = load.answered() + RATE;
    await().atMost(PATIENCE).until(() -> load.answered() > answered);
  }

  private static void kubectl(String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of("-n", namespace));
    all.addAll(Arrays.asList(command));
    server.kubectl(all.toArray(String[]::new));
  }

  private static void awaitRollout(String deployment) throws Exception {
    try {
      kubectl("rollout", "status", deployment, "--timeout=" + PATIENCE.toSeconds() + "s");
    } catch (AssertionError e) {
      String pods = server.kubectl("-n", namespace, "describe", "pods");
      throw new AssertionError(pods + kubelet.endings() + kubelet.logs("rel-fairlead"), e);
    }
  }

  /** Until those that end have ended as well. */
  private static void awaitPods(String prefix, int count) {
    await().atMost(PATIENCE).until(() -> kubelet.pods(prefix).size() == count);
  }

  private static void helm(String verb, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                verb,
                "rel",
                CHART.toString(),
                "--namespace=" + namespace,
                "--set=inferenceRouterServiceType=ClusterIP,allowInsecureConnections=True",
                "--set=sslSecret=certificate,sslCname=models.example.com",
                "--set=watchNamespaces={" + namespace + "}",
                "--set=drainDelaySeconds=" + DRAIN_DELAY,
                "--set-json=nodeSelector={\"%s\": \"%s\"}".formatted(Kubelet.KEY, NODE),
                "--set-json=tolerations=[{\"key\": \"%s\", \"operator\": \"Exists\"}]"
                    .formatted(Kubelet.KEY)));
    command.addAll(Arrays.asList(more));
    server.helm(command.toArray(String[]::new));
  }

  private static final String MODEL_OBJECTS =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None, traffic: {blue: 100}}
      ---
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec:
        name: blue
        endpointName: echo
        scoring: {port: 5001}
        requestSettings: {maxQueueWaitMs: 20000, requestTimeoutMs: 30000, maxQueueLength: 5000}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: model}
      spec:
        replicas: 6
        selector: {matchLabels: {app: model}}
        template:
          metadata:
            labels:
              {app: model, ml.azure.com/endpoint-name: echo, ml.azure.com/deployment-name: blue}
          spec:
            nodeSelector: {NODE_KEY: NODE}
            tolerations: [{key: NODE_KEY, operator: Exists}]
            containers:
              - name: model
                image: sample-model
                ports: [{containerPort: 5001}]
                readinessProbe: {tcpSocket: {port: 5001}, periodSeconds: 1}
                lifecycle: {preStop: {sleep: {seconds: 5}}}
      """
          .replace("NODE_KEY", Kubelet.KEY)
          .replace("NODE", NODE);

  /** The certificate of the routers, as a Secret; returns that of its authority. */
  private static Path certificate() throws Exception {
    var leaf =
        new Leaf(
            List.of("models.example.com", "127.0.0.1"),
            KeyType.EC,
            Validity.of(Instant.now(), Duration.ofDays(1)),
            false);
    var files =
        DevCertificates.create(
            new DevCertificates.Request(leaf, KeyForm.PKCS8, false),
            directory.resolve("certificate"),
            new SecureRandom());
    kubectl(
        "create",
        "secret",
        "generic",
        "certificate",
        "--from-file=cert.pem=" + files.cert(),
        "--from-file=key.pem=" + files.key());
    return files.ca();
  }

  private static SteadyLoad.Sender http2(int port, Path authority) throws Exception {
    HttpClient client =
        keep(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(trusting(authority))
                .build());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + Caller.SCORE))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString("{}"))
            .build();
    return () -> {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      if (answer.version() != HttpClient.Version.HTTP_2) {
        throw new IOException(answer.version() + " (expected: HTTP/2)");
      }
      return new SteadyLoad.Answer(
          answer.statusCode(), answer.headers().firstValue("x-fairlead-reason").orElse(""));
    };
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(authority)) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return tls;
  }

  /** The program with the Java and the class path of this test, listening at its pod's address. */
  private static Container router(Container.Start start, Path hosts) throws IOException {
    List<String> command =
        new ArrayList<>(RouterProcess.command(List.of("-Djdk.net.hosts.file=" + hosts)));
    for (String argument : start.arguments()) {
      command.add(argument.replace("0.0.0.0:", start.address() + ":"));
    }
    return Container.Program.start(command, start);
  }

  /** What models run on. */
  private record Loops(Transport transport, MultiThreadIoEventLoopGroup group)
      implements AutoCloseable {
    Loops() {
      this(Transport.best());
    }

    private Loops(Transport transport) {
      this(transport, new MultiThreadIoEventLoopGroup(1, transport.handlers()));
    }

    @Override
    public void close() {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }

  private static Container.Image modelImage(Loops loops) {
    return start -> {
      SampleModel model =
          SampleModel.start(
              new InetSocketAddress(start.address(), MODEL),
              MODEL_TIME,
              start.pod(),
              loops.group(),
              loops.transport().serverChannels(),
              true);
      models.add(model);
      return new ModelContainer(model, new CountDownLatch(1));
    };
  }

  /** A model in this process. When told to end it drops every connection, as a rude one would. */
  private record ModelContainer(SampleModel model, CountDownLatch ended) implements Container {
    @Override
    public void terminate() {
      model.close();
      ended.countDown();
    }

    @Override
    public boolean awaitEnd(long millis) throws InterruptedException {
      return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public int exitCode() {
      return 0;
    }

    @Override
    public void kill() {
      terminate();
    }
  }

  private static <T extends AutoCloseable> T keep(T closeable) {
    running.add(closeable);
    return closeable;
  }
}
