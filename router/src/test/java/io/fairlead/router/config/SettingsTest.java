package io.fairlead.router.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fairlead.router.config.Settings.LogFormat;
import io.fairlead.router.config.Settings.ProxyProtocol;
import io.fairlead.router.config.Settings.TlsProvider;
import io.fairlead.router.config.Settings.Transport;
import io.fairlead.router.model.Address;
import io.fairlead.router.model.Cidr;
import io.fairlead.router.model.ErrorProfile;
import io.fairlead.router.model.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @TempDir Path directory;
  private final Map<String, String> options = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private String cert;

  @BeforeEach
  void giveWhatIsRequired() throws IOException {
    options.put("manifests", directory.toString());
    cert = Files.writeString(directory.resolve("cert.pem"), "").toString();
  }

  @Test
  void defaults() throws InvalidSettings {
    assertThat(serve())
        .isEqualTo(
            new Settings(
                new Address("0.0.0.0", 8080),
                null,
                new Address("0.0.0.0", 9090),
                directory,
                null,
                null,
                null,
                null,
                ErrorProfile.KUBERNETES,
                Limits.DEFAULT,
                0,
                Transport.AUTO,
                TlsProvider.AUTO,
                List.of(),
                ProxyProtocol.OFF,
                null,
                LogFormat.TEXT,
                LeaseSettings.DEFAULT,
                null,
                ObserveSettings.DEFAULT));
  }

  @Test
  void leaseCanBeGiven() throws InvalidSettings {
    String file = directory.resolve("lease").toString();
    options.putAll(Map.of("leaseFile", file, "leaseDurationMs", "3000"));
    assertThat(serve().lease())
        .isEqualTo(new LeaseSettings(Path.of(file), "fairlead-router", Duration.ofSeconds(3)));
  }

  @Test
  void leaseOfAClusterCanBeNamed() throws InvalidSettings {
    options.remove("manifests");
    options.putAll(Map.of("kubernetes", "true", "leaseName", "ml-router"));
    assertThat(serve().lease().name()).isEqualTo("ml-router");
  }

  @Test
  void leaseIsAFileOrOfAClusterNotBoth() {
    options.put("leaseName", "ml-router");
    assertThat(problems())
        .containsExactly("leaseName: ml-router from --lease-name (expected: kubernetes beside it)");
    options.remove("manifests");
    options.putAll(Map.of("kubernetes", "true", "leaseFile", directory.resolve("l").toString()));
    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("leaseFile: ")
        .endsWith("(expected: one of leaseFile and kubernetes)");
  }

  @Test
  void leaseFileNeedsADirectory() {
    String file = directory.resolve("missing/lease").toString();
    options.put("leaseFile", file);
    assertThat(problems())
        .containsExactly(
            "leaseFile: "
                + file
                + " from --lease-file (expected: a file in a directory that can be written)");
    options.put("leaseFile", directory.toString());
    assertThat(problems()).hasSize(1);
  }

  @Test
  void observationCanBeGiven() throws InvalidSettings {
    options.putAll(Map.of("decisionFailures", "1", "decisionSuccesses", "2"));
    options.putAll(Map.of("decisionSamplesPerSecond", "3", "accessLogSample", "0.25"));
    options.put("accessLog", "./access.log");
    options.putAll(Map.of("otlpEndpoint", "https://collector.test/", "traceSample", "0.5"));
    assertThat(serve().observe())
        .isEqualTo(
            new ObserveSettings(
                1,
                2,
                3,
                new LogTarget.ToFile(Path.of("./access.log")),
                0.25,
                URI.create("https://collector.test/v1/traces"),
                0.5));
    options.put("otlpEndpoint", "http://collector:4318/own/path");
    assertThat(serve().observe().otlpEndpoint())
        .isEqualTo(URI.create("http://collector:4318/own/path"));
    options.put("accessLog", "off");
    assertThat(serve().observe().accessLog()).isEqualTo(new LogTarget.Off());
    options.put("accessLog", "stdout");
    assertThat(serve().observe().accessLog()).isEqualTo(new LogTarget.StandardOutput());
  }

  @Test
  void observationThatMakesNoSenseIsRefused() {
    options.putAll(
        Map.of("accessLog", "stdrr", "accessLogSample", "1.1", "decisionFailures", "-1"));
    assertThat(problems())
        .containsExactly(
            "decisionFailures: -1 from --decision-failures"
                + " (expected: a whole number, 0 to 1000000)",
            "accessLog: stdrr from --access-log"
                + " (expected: stderr, stdout, off, or a file with a / in its path)",
            "accessLogSample: 1.1 from --access-log-sample (expected: a decimal, 0 to 1)");
  }

  @Test
  void everythingCanBeGiven() throws InvalidSettings {
    options.putAll(Map.of("http", "127.0.0.1:0", "https", "[::1]:8443", "admin", "localhost:1"));
    options.putAll(Map.of("tlsCert", cert, "tlsKey", cert, "errorProfile", "managed"));
    options.putAll(Map.of("eventLoops", "2", "transport", "nio", "tlsProvider", "jdk"));
    options.putAll(Map.of("trustedProxies", "10.0.0.0/8, ::1", "logFormat", "json"));

    Settings settings = serve();

    assertThat(settings.http()).isEqualTo(new Address("127.0.0.1", 0));
    assertThat(settings.https()).isEqualTo(new Address("::1", 8443));
    assertThat(settings.admin()).isEqualTo(new Address("localhost", 1));
    assertThat(settings.tlsCert()).isEqualTo(Path.of(cert));
    assertThat(settings.errorProfile()).isEqualTo(ErrorProfile.MANAGED);
    assertThat(settings.eventLoops()).isEqualTo(2);
    assertThat(settings.transport()).isEqualTo(Transport.NIO);
    assertThat(settings.tlsProvider()).isEqualTo(TlsProvider.JDK);
    assertThat(settings.trustedProxies())
        .containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("::1/128"));
    assertThat(settings.logFormat()).isEqualTo(LogFormat.JSON);
  }

  @Test
  void optionBeatsVariableBeatsFileBeatsDefault() throws Exception {
    assertThat(serve().eventLoops()).isZero();
    file("eventLoops: 1");
    assertThat(serve().eventLoops()).isEqualTo(1);
    environment.put("FAIRLEAD_EVENT_LOOPS", "2");
    assertThat(serve().eventLoops()).isEqualTo(2);
    options.put("eventLoops", "3");
    assertThat(serve().eventLoops()).isEqualTo(3);
  }

  @Test
  void fileMayBeNamedByTheEnvironment() throws Exception {
    Path file = Files.writeString(directory.resolve("f.yaml"), "drainSeconds: 7\n");
    environment.put("FAIRLEAD_CONFIG", file.toString());

    assertThat(serve().limits().connections().drain()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void fileTakesLists() throws Exception {
    file("trustedProxies: [10.0.0.0/8, 192.168.0.0/16]");

    assertThat(serve().trustedProxies()).hasSize(2);
  }

  @Test
  void certificateAloneOpensTheDefaultTlsListener() throws InvalidSettings {
    options.putAll(Map.of("tlsCert", cert, "tlsKey", cert));

    assertThat(serve().https()).isEqualTo(new Address("0.0.0.0", 8443));
    assertThat(serve().http()).isEqualTo(new Address("0.0.0.0", 8080));
  }

  @Test
  void onlyNamedListenersAreOpened() throws InvalidSettings {
    options.putAll(Map.of("https", "127.0.0.1:0", "tlsCert", cert, "tlsKey", cert));

    assertThat(serve().http()).isNull();
    assertThat(serve().https()).isNotNull();
    assertThat(serve().admin()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http           | 8080          | host:port, such as 127.0.0.1:8080 or [::1]:8080
          http           | 0.0.0.0:65536 | host:port, such as 127.0.0.1:8080 or [::1]:8080
          http           | ::1:80        | host:port, such as 127.0.0.1:8080 or [::1]:8080
          http           | 1.2.3:80      | host:port, such as 127.0.0.1:8080 or [::1]:8080
          manifests      | /nowhere      | a directory
          tlsCert        | /nowhere      | a readable file
          errorProfile   | Managed       | kubernetes or managed
          transport      | io_uring      | auto, epoll or nio
          tlsProvider    | boringssl     | auto, openssl or jdk
          logFormat      | xml           | text or json
          otlpEndpoint   | collector:4318| an http or https URL, such as http://collector:4318; /v1/traces if it has no path
          otlpEndpoint   | http://a?b=c  | an http or https URL, such as http://collector:4318; /v1/traces if it has no path
          traceSample    | 2             | a decimal, 0 to 1
          proxyProtocol  | optional      | off or required
          eventLoops     | -1            | a whole number, 0 to 1024
          eventLoops     | two           | a whole number, 0 to 1024
          trustedProxies | 10.0.0.1/8    | address blocks such as 10.0.0.0/8,fd00::/8
          trustedProxies | 10.0.0.0/33   | address blocks such as 10.0.0.0/8,fd00::/8
          maxHeadBytes   | 64k           | whole bytes, 256 to 1048576
          drainSeconds   | 3601          | whole seconds, 0 to 3600
          maxRequestBytes| 99999999999999999999 | whole bytes, 0 to 1125899906842624
          """)
  void badValueNamesKeyValueSourceAndExpectation(String key, String value, String expected) {
    options.put(key, value);
    if (key.equals("tlsCert")) {
      options.put("tlsKey", cert);
    }
    String option = "--" + key.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);

    assertThat(problems())
        .containsExactly(key + ": " + value + " from " + option + " (expected: " + expected + ")");
  }

  @Test
  void allProblemsOfAllSourcesAreReportedTogether() throws Exception {
    options.remove("manifests");
    options.put("http", "nonsense");
    environment.put("FAIRLEAD_EVENT_LOOPS", "many");
    environment.put("FAIRLEAD_TLSCERT", cert);
    Path file = file("maxHeadBytes: 12\nmax-header-fields: 5\ntransport: {a: b}\nlogFormat: x\n");

    assertThat(problems())
        .containsExactlyInAnyOrder(
            "FAIRLEAD_TLSCERT: unknown key from the environment"
                + " (expected: one that --help lists; did you mean FAIRLEAD_TLS_CERT?)",
            "max-header-fields: unknown key from "
                + file
                + ":2:1 (expected: one that --help lists; did you mean maxHeaderFields?)",
            "transport: nested value from "
                + file
                + ":3:12 (expected: a scalar or a list of scalars)",
            "manifests: missing (expected: a directory)",
            "http: nonsense from --http"
                + " (expected: host:port, such as 127.0.0.1:8080 or [::1]:8080)",
            "maxHeadBytes: 12 from " + file + ":1:15 (expected: whole bytes, 256 to 1048576)",
            "eventLoops: many from FAIRLEAD_EVENT_LOOPS (expected: a whole number, 0 to 1024)",
            "logFormat: x from " + file + ":4:12 (expected: text or json)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [      | config: FILE:1:5: expected
          - a       | config: FILE:1:1 is no mapping (expected: key: value lines)
          http: 'x  | config: FILE:
          """)
  void brokenFileIsOneClearProblem(String text, String start) throws IOException {
    Path file = file(text);

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith(start.replace("FILE", file.toString()));
  }

  @Test
  void keyWrittenTwiceInTheFileIsAProblem() throws IOException {
    Path file = file("eventLoops: 1\neventLoops: 2\n");

    assertThat(problems())
        .containsExactly("eventLoops: written twice, again at " + file + ":2:1 (expected: once)");
  }

  @Test
  void missingFileIsAProblem() {
    options.put("config", "/nowhere.yaml");

    assertThat(problems()).singleElement().asString().startsWith("config: /nowhere.yaml cannot be");
  }

  @Test
  void halfAKeyPairIsAProblem() {
    options.put("tlsCert", cert);

    assertThat(problems())
        .containsExactly("tlsKey: missing (expected: a readable file, as tlsCert is given)");
  }

  @Test
  void tlsListenerNeedsACertificate() {
    options.put("https", "127.0.0.1:8443");

    assertThat(problems())
        .containsExactly(
            "https: 127.0.0.1:8443 from --https (expected: tlsCert and tlsKey beside it)");
  }

  @Test
  void proxyProtocolNeedsSomebodyToTrust() throws InvalidSettings {
    options.put("proxyProtocol", "required");
    assertThat(problems())
        .containsExactly(
            "trustedProxies: missing (expected: at least one address block, as proxyProtocol is"
                + " required)");

    options.put("trustedProxies", " ");
    assertThat(problems())
        .containsExactly(
            "trustedProxies:   from --trusted-proxies (expected: at least one address block, as"
                + " proxyProtocol is required)");

    options.put("trustedProxies", "10.0.0.0/8");
    assertThat(serve().proxyProtocol()).isEqualTo(ProxyProtocol.REQUIRED);
  }

  @Test
  void adminAloneIsAProblem() {
    environment.put("FAIRLEAD_ADMIN", "127.0.0.1:9090");

    assertThat(problems())
        .containsExactly(
            "admin: 127.0.0.1:9090 from FAIRLEAD_ADMIN"
                + " (expected: http or https beside it, as only named listeners are opened)");
  }

  @Test
  void twoListenersOfOneAddressAreAProblemUnlessThePortIsFree() throws InvalidSettings {
    options.putAll(Map.of("http", "127.0.0.1:0", "admin", "127.0.0.1:0"));
    assertThat(serve().admin()).isEqualTo(serve().http());

    options.putAll(Map.of("http", "127.0.0.1:8080", "admin", "127.0.0.1:8080"));
    assertThat(problems())
        .containsExactly(
            "admin: 127.0.0.1:8080 from --admin (expected: an address that no other listener has)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FAIRLEAD_JAVA_HOME",
        "FAIRLEAD_JAVA_OPTS",
        "FAIRLEAD_CACHE",
        "FAIRLEAD_HOME",
        "FAIRLEAD_SERVICE_HOST",
        "FAIRLEAD_SERVICE_PORT_HTTP",
        "FAIRLEAD_PORT",
        "FAIRLEAD_PORT_8080_TCP_ADDR",
        "FAIRLEAD_ADMIN_SERVICE_PORT",
        "PATH"
      })
  void variablesOfTheLauncherAndOfServicesAreNotOurs(String variable) throws InvalidSettings {
    environment.put(variable, "tcp://10.0.0.1:80");

    assertThat(serve().eventLoops()).isZero();
  }

  @Test
  void aClusterCanBeGivenInsteadOfFiles() throws InvalidSettings {
    options.remove("manifests");
    options.putAll(Map.of("kubernetes", "true", "kubeconfig", cert, "namespace", "ml, team-b,ml"));
    options.putAll(Map.of("tlsSecret", "certs/router", "routerService", "fairlead"));
    options.put("publicBaseUrl", "https://models.example.com/");

    Settings settings = serve();

    assertThat(settings.manifests()).isNull();
    assertThat(settings.kubernetes())
        .isEqualTo(
            new KubernetesSettings(
                Path.of(cert),
                List.of("ml", "team-b"),
                "certs/router",
                "fairlead",
                "https://models.example.com"));
    assertThat(settings.https()).isEqualTo(new Address("0.0.0.0", 8443));
    assertThat(settings.limits().connections().drainDelay()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void drainDelayInAClusterCanBeGiven() throws InvalidSettings {
    options.remove("manifests");
    options.putAll(Map.of("kubernetes", "true", "drainDelaySeconds", "3"));

    assertThat(serve().limits().connections().drainDelay()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void whatIsOfAClusterIsRefusedWithoutOne() {
    options.putAll(Map.of("namespace", "ml", "kubeconfig", cert));

    assertThat(problems())
        .containsExactly(
            "kubeconfig: " + cert + " from --kubeconfig (expected: kubernetes beside it)",
            "namespace: ml from --namespace (expected: kubernetes beside it)");
  }

  @Test
  void aClusterThatMakesNoSenseIsRefused() {
    options.putAll(Map.of("kubernetes", "true", "namespace", "ML", "tlsSecret", "a/b/c"));
    options.putAll(Map.of("publicBaseUrl", "models.example.com", "tlsCert", cert, "tlsKey", cert));

    assertThat(problems())
        .containsExactlyInAnyOrder(
            "manifests: "
                + directory
                + " from --manifests (expected: one of manifests and kubernetes)",
            "namespace: ML from --namespace (expected: names of namespaces)",
            "tlsSecret: a/b/c from --tls-secret"
                + " (expected: NAME or NAMESPACE/NAME, in small letters)",
            "tlsSecret: a/b/c from --tls-secret (expected: one of tlsSecret and tlsCert)",
            "publicBaseUrl: models.example.com from --public-base-url (expected: an http or https"
                + " URL without query, such as https://models.example.com)");
  }

  @Test
  void aFlagIsTrueOrFalse() {
    options.put("kubernetes", "yes");

    assertThat(problems())
        .containsExactly("kubernetes: yes from --kubernetes (expected: true or false)");
  }

  @Test
  void peersNeedEverythingThatBelongsToThem() {
    options.put("peer", "10.0.0.1:9001");

    assertThat(problems())
        .containsExactly(
            "peers: missing (expected: 1 to 64 addresses such as 10.0.0.1:9001,10.0.0.2:9001, as"
                + " peer is given)",
            "peerCert: missing (expected: a readable file, as peer is given)",
            "peerKey: missing (expected: a readable file, as peer is given)",
            "peerCa: missing (expected: a readable file, as peer is given)",
            "peer: 10.0.0.1:9001 from --peer (expected: leaseFile or kubernetes beside it, as"
                + " the routers elect one that grants slots)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0:9001",
        "[::]:9001",
        "[0:0::0]:9001",
        "0.0.0.0",
        "::",
        "9001",
        "router one:9001",
        "router-1",
        "fd00::1%eth0",
        "fd00::1::2",
        "fd00:0:0:0:0:0:0:1:9001",
        "[fd00::1]",
        "fd00::1,fd00::2"
      })
  void aPeerNeedsAnAddressAtWhichOthersReachIt(String address) throws IOException {
    sharing();
    options.put("peer", address);

    assertThat(problems())
        .containsExactly(
            "peer: "
                + address
                + " from --peer (expected: host:port or an IP address alone at which the other"
                + " routers reach this one, such as 10.0.0.1:9001, [fd00::1]:9001 or fd00::1;"
                + " alone it has port 9001)");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1:9002, 10.0.0.1:9002",
    "router-1.team:9001, router-1.team:9001",
    "[fd00::1]:9002, [fd00::1]:9002",
    "10.0.0.1, 10.0.0.1:9001",
    "fd00::1, [fd00::1]:9001",
    "::1, [::1]:9001"
  })
  void aPodThatKnowsItsAddressAloneIsAPeer(String given, String address) throws Exception {
    sharing();
    options.put("peer", given);

    assertThat(Objects.requireNonNull(serve().peer()).self()).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "10.0.0.1:9001,10.0.0.1:9001", "10.0.0.1:0", ","})
  void aListOfPeersHasAPortForEachAndEachOnce(String list) throws IOException {
    sharing();
    options.put("peers", list);

    assertThat(problems()).singleElement().asString().startsWith("peers: " + list);
  }

  @Test
  void peersAreReadFromOptions() throws Exception {
    Path file = sharing();

    assertThat(serve().peer())
        .isEqualTo(
            new PeerSettings(
                new Address("10.0.0.1", 9001),
                List.of(new Address("10.0.0.1", 9001), new Address("peers.team.svc", 9001)),
                file,
                file,
                file));
  }

  @Test
  void inAClusterPeersNeedNoLeaseFile() throws Exception {
    sharing();
    options.keySet().removeAll(List.of("leaseFile", "manifests"));
    options.put("kubernetes", "true");

    assertThat(serve().peer()).isNotNull();
  }

  private Path sharing() throws IOException {
    Path file = Files.writeString(directory.resolve("some.pem"), "");
    options.put("leaseFile", directory.resolve("lease").toString());
    options.put("peer", "10.0.0.1:9001");
    options.put("peers", "10.0.0.1:9001, peers.team.svc:9001");
    options.put("peerCert", file.toString());
    options.put("peerKey", file.toString());
    options.put("peerCa", file.toString());
    return file;
  }

  @Test
  void demoHasItsOwnDefaults() throws InvalidSettings {
    environment.put("FAIRLEAD_MODEL_TIME", "2s");

    assertThat(SettingsReader.demo(Map.of(), environment))
        .isEqualTo(
            new DemoSettings(
                new Address("127.0.0.1", 8080),
                new Address("127.0.0.1", 8443),
                new Address("127.0.0.1", 9090),
                3,
                1,
                Duration.ofSeconds(2)));
  }

  @Test
  void demoTakesAHandfulOfRouters() {
    InvalidSettings problem =
        Objects.requireNonNull(
            catchThrowableOfType(
                InvalidSettings.class,
                () -> SettingsReader.demo(Map.of("routers", "17", "modelTime", "61s"), Map.of())));

    assertThat(problem.problems())
        .containsExactly(
            "routers: 17 from --routers (expected: a whole number, 1 to 16)",
            "modelTime: 61s from --model-time"
                + " (expected: whole milliseconds or seconds, such as 20ms or 2s, up to 60s)");
  }

  private Path file(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("fairlead.yaml"), text);
    options.put("config", file.toString());
    return file;
  }

  private Settings serve() throws InvalidSettings {
    return SettingsReader.serve(options, environment);
  }

  private List<String> problems() {
    return Objects.requireNonNull(catchThrowableOfType(InvalidSettings.class, this::serve))
        .problems();
  }
}
