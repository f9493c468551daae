package io.fairlead.router.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A real kube-apiserver with its etcd, one pair for each test JVM: RBAC is on, every test takes a
 * namespace of its own. What makes pods appear and become ready is started when first asked for.
 *
 * <p>Services have addresses of IPv6, which {@link PodAddresses} says why. There is no admission of
 * service accounts, so that pods need none; tokens are made by {@link #token}. Namespaces are left
 * where they are: all of it goes with the JVM.
 */
public final class ApiServer {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String MERGE_PATCH = "application/merge-patch+json";

  /** What a node must have to be made ready by kwok. */
  private static final String KWOK_NODE = "kwok.x-k8s.io/node=fake";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static @Nullable ApiServer shared;

  private final Path directory;
  private final int port = freePort();
  private final String adminToken = secret();
  private final List<String> arguments;
  private final AtomicInteger namespaces = new AtomicInteger();
  private final Map<String, ServerProcess> others = new ConcurrentHashMap<>();
  private final ServerProcess etcd;
  private ServerProcess server;
  private HttpClient client;
  private Path kubeconfig;

  /** Returns the server of this JVM, starting it if there is none; see {@link KubeAssets}. */
  public static synchronized ApiServer shared() throws Exception {
    if (shared == null) {
      Path etcd = KubeAssets.require("etcd");
      KubeAssets.require("kube-apiserver");
      KubeAssets.require("kubectl");
      Path directory = Files.createTempDirectory("fairlead-kube");
      ApiServer started = new ApiServer(directory, etcd);
      Runtime.getRuntime().addShutdownHook(new Thread(started::end));
      shared = started;
    }
    return shared;
  }

  private ApiServer(Path directory, Path etcdProgram) throws Exception {
    this.directory = directory;
    int etcdPort = freePort();
    String etcdUrl = "http://127.0.0.1:" + etcdPort;
    String peerUrl = "http://127.0.0.1:" + freePort();
    etcd =
        ServerProcess.start(
            etcdProgram,
            directory,
            List.of(
                "--data-dir=etcd",
                "--unsafe-no-fsync",
                "--listen-client-urls=" + etcdUrl,
                "--advertise-client-urls=" + etcdUrl,
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=default=" + peerUrl));
    arguments = arguments(etcdUrl);
    try (HttpClient plain = HttpClient.newHttpClient()) {
      HttpRequest health = HttpRequest.newBuilder(URI.create(etcdUrl + "/health")).build();
      etcd.await("health", () -> plain.send(health, BodyHandlers.discarding()).statusCode() == 200);
    }
    server = startServer();
    client = client();
    kubeconfig = kubeconfig(adminToken, "default");
    awaitReady();
  }

  private List<String> arguments(String etcdUrl) throws IOException, GeneralSecurityException {
    Path key = privateFile("service-accounts.pem", serviceAccountKey());
    Path tokens = privateFile("tokens.csv", adminToken + ",admin,admin,system:masters\n");
    return List.of(
        "--etcd-servers=" + etcdUrl,
        "--bind-address=127.0.0.1",
        "--advertise-address=::1",
        "--endpoint-reconciler-type=none",
        "--secure-port=" + port,
        "--cert-dir=" + directory.resolve("certificates"),
        "--token-auth-file=" + tokens,
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + key,
        "--service-account-signing-key-file=" + key,
        "--service-cluster-ip-range=fd00:10:96::/112",
        "--allow-privileged",
        "--disable-admission-plugins=ServiceAccount",
        "--profiling=false");
  }

  private ServerProcess startServer() throws Exception {
    Path certificate = directory.resolve("certificates/apiserver.crt");
    ServerProcess started =
        ServerProcess.start(KubeAssets.require("kube-apiserver"), directory, arguments);
    started.await("its certificate", () -> Files.size(certificate) > 0);
    return started;
  }

  private void awaitReady() throws InterruptedException {
    server.await("readiness", () -> get("/readyz").statusCode() == 200);
    // made by the server itself, a moment later
    server.await("namespace", () -> get("/api/v1/namespaces/default").statusCode() == 200);
  }

  /** Kills the server; what it knows stays in etcd. */
  public void stop() {
    server.close();
    client.close();
  }

  /** Starts the server again at the same address, with the same certificate and tokens. */
  public void start() throws Exception {
    server = startServer();
    client = client();
    awaitReady();
  }

  /** Stops the server in its tracks: connections stay open, and nobody answers. */
  public void hang() throws IOException, InterruptedException {
    server.signal("STOP");
  }

  /** Lets it go on. */
  public void goOn() throws IOException, InterruptedException {
    server.signal("CONT");
    awaitReady();
  }

  private void end() {
    others.values().forEach(ServerProcess::close);
    server.close();
    etcd.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      System.err.println(directory + ": not removed: " + e);
    }
  }

  /** Makes a namespace that nobody else uses, and returns its name. */
  public String namespace(String purpose) throws IOException, InterruptedException {
    String name = purpose + "-" + namespaces.incrementAndGet() + "-" + secret().substring(0, 6);
    kubectl("create", "namespace", name);
    return name;
  }

  /** Returns the address of the server. */
  public String url() {
    return "https://127.0.0.1:" + port;
  }

  /** Returns the certificates that the server is trusted by, as PEM. */
  public String certificates() throws IOException {
    return Files.readString(directory.resolve("certificates/apiserver.crt"));
  }

  /** Returns the token of an administrator. */
  public String adminToken() {
    return adminToken;
  }

  /** Returns a token of a service account that exists; it may do what its roles say. */
  public String token(String namespace, String serviceAccount)
      throws IOException, InterruptedException {
    return kubectl("-n", namespace, "create", "token", serviceAccount).strip();
  }

  /** Returns the file that makes its reader an administrator. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** Writes a file for whoever holds {@code token}; it is valid for a restarted server as well. */
  public Path kubeconfig(String token, String namespace) throws IOException {
    String authority = Base64.getEncoder().encodeToString(certificates().getBytes(US_ASCII));
    return privateFile(
        "kubeconfig-" + secret(),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: test, cluster: {server: "%s", certificate-authority-data: %s}}]
        users: [{name: test, user: {token: "%s"}}]
        contexts: [{name: test, context: {cluster: test, user: test, namespace: %s}}]
        current-context: test
        """
            .formatted(url(), authority, token, namespace));
  }

  /** Runs kubectl as the administrator and returns what it printed. */
  public String kubectl(String... command) throws IOException, InterruptedException {
    return run("kubectl", null, command);
  }

  /** Applies YAML in {@code namespace}. */
  public void apply(String namespace, String yaml) throws IOException, InterruptedException {
    run("kubectl", yaml, "-n", namespace, "apply", "-f", "-");
  }

  /** Runs helm as the administrator and returns what it printed. */
  public String helm(String... command) throws IOException, InterruptedException {
    return run("helm", null, command);
  }

  /**
   * Runs one of the programs with {@code input}; one that fails is a failed test with its words.
   */
  public String run(String program, @Nullable String input, String... command)
      throws IOException, InterruptedException {
    Ran ran = attempt(program, kubeconfig, input, command);
    if (ran.code() != 0) {
      String called = program + " " + String.join(" ", command);
      throw new AssertionError(called + ": exit code " + ran.code() + "\n" + ran.err());
    }
    return ran.out();
  }

  /** How a program ended, and what it said. */
  public record Ran(int code, String out, String err) {}

  /** Runs one of the programs as the user of {@code config}; it may fail. */
  public Ran attempt(String program, Path config, @Nullable String input, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(KubeAssets.require(program).toString());
    builder.command().addAll(Arrays.asList(command));
    builder.environment().put("KUBECONFIG", config.toString());
    builder.environment().put("HOME", directory.toString());
    Path out = Files.createTempFile(directory, program, ".out");
    Path err = Files.createTempFile(directory, program, ".err");
    Path in =
        Files.writeString(
            Files.createTempFile(directory, program, ".in"), input == null ? "" : input);
    try {
      Process process =
          builder
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      int code = process.waitFor();
      return new Ran(code, Files.readString(out), Files.readString(err));
    } finally {
      for (Path file : List.of(out, err, in)) {
        Files.delete(file);
      }
    }
  }

  /** Starts what makes pods of Deployments, once. */
  public void startControllers() throws Exception {
    startOnce(
        "kube-controller-manager",
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=127.0.0.1",
        "--secure-port=0",
        "--leader-elect=false",
        "--use-service-account-credentials=false",
        "--service-account-private-key-file=" + directory.resolve("service-accounts.pem"));
  }

  /** Starts what gives pods a node, once. */
  public void startScheduler() throws Exception {
    startOnce(
        "kube-scheduler",
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--bind-address=127.0.0.1",
        "--secure-port=0",
        "--leader-elect=false");
  }

  /**
   * Starts what makes pods of the scheduler's one node ready, once. Each gets a loopback address of
   * its own, from 127.0.1.1 on, where a test's model can listen.
   */
  public void startKwok() throws Exception {
    boolean first =
        startOnce(
            "kwok",
            "--kubeconfig=" + kubeconfig,
            "--config=" + KubeAssets.require("kwok").resolveSibling("kwok.yaml"),
            "--manage-nodes-with-annotation-selector=" + KWOK_NODE,
            "--cidr=127.0.1.0/24",
            "--node-ip=127.0.0.1",
            "--server-address=127.0.0.1:0");
    if (first) {
      apply("default", "{apiVersion: v1, kind: Node, metadata: {name: node-0}}");
      kubectl("annotate", "node/node-0", KWOK_NODE);
      kubectl("wait", "--for=condition=Ready", "node/node-0", "--timeout=60s");
    }
  }

  private boolean startOnce(String program, String... options) throws IOException {
    synchronized (others) {
      ServerProcess running = others.get(program);
      if (running != null) {
        if (!running.isAlive()) {
          throw new AssertionError(program + " has ended:\n" + running.tail());
        }
        return false;
      }
      others.put(
          program,
          ServerProcess.start(KubeAssets.require(program), directory, Arrays.asList(options)));
      return true;
    }
  }

  /** Asks as the administrator. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  /** Asks as the administrator, with a body of JSON. */
  public HttpResponse<String> send(String method, String path, @Nullable String json)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(PATIENCE)
            .header("authorization", "Bearer " + adminToken)
            .header("content-type", method.equals("PATCH") ? MERGE_PATCH : "application/json")
            .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private HttpClient client() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(directory.resolve("certificates/apiserver.crt"))) {
      int number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).connectTimeout(PATIENCE).build();
  }

  private Path privateFile(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, content);
  }

  private static String serviceAccountKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
    return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
  }

  private static String secret() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static int freePort() {
    try (var probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError("no free port", e);
    }
  }
}
