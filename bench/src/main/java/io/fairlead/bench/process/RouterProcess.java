package io.fairlead.bench.process;

import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.client.Target;
import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged router in front of replicas, as a process of its own; gone when it is closed. */
public final class RouterProcess implements AutoCloseable {
  private static final String PATH = "/api/v1/endpoint/bench/score";
  private static final Pattern READY =
      Pattern.compile("^fairlead ready http=\\S*:(\\d+) https=\\S*:(\\d+)", Pattern.MULTILINE);

  /** The first start may build the router. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

  private final Path directory;
  private final Process process;
  private final Thread atExit;
  private int http;
  private int https;

  private RouterProcess(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
    this.atExit = new Thread(process::destroyForcibly, "bench-router-end");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Returns the launcher of the tree that this program was built in. */
  public static List<String> launcher() {
    try {
      var built =
          Path.of(RouterProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      // bench/target/benchmarks.jar
      return List.of(built.resolveSibling("../../fairlead").normalize().toString());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Starts it and waits until its ports are open.
   *
   * @param command what starts it; {@code serve} and its options are appended
   * @param limit requests at once at one replica; 0 for unlimited
   * @param queueLength most that wait for one
   */
  public static RouterProcess start(
      List<String> command, List<InetSocketAddress> replicas, int limit, int queueLength)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("fairlead-bench-");
    Path manifests = Files.createDirectory(directory.resolve("manifests"));
    var manifest = new Manifest(replicas, limit, queueLength, REQUEST_TIMEOUT);
    Files.writeString(manifests.resolve("bench.yaml"), manifest.text());
    var files = certify(directory.resolve("certs"));
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of("serve", "--manifests", manifests.toString()));
    for (String port : List.of("http", "https", "admin")) {
      whole.addAll(List.of("--" + port, "127.0.0.1:0"));
    }
    whole.addAll(List.of("--tls-cert", files.cert().toString()));
    whole.addAll(List.of("--tls-key", files.key().toString()));
    Process process =
        new ProcessBuilder(whole)
            .redirectErrorStream(true)
            .redirectOutput(log(directory).toFile())
            .start();
    var router = new RouterProcess(directory, process);
    try {
      router.awaitPorts();
      return router;
    } finally {
      if (router.https == 0) {
        router.close();
      }
    }
  }

  private static Path log(Path directory) {
    return directory.resolve("router.log");
  }

  private static DevCertificates.CertificateFiles certify(Path directory) throws IOException {
    var validity = Validity.of(Instant.now(), Duration.ofDays(7));
    var leaf = new Leaf(List.of("localhost", "127.0.0.1"), KeyType.EC, validity, false);
    var request = new DevCertificates.Request(leaf, KeyForm.PKCS8, false);
    return DevCertificates.create(request, directory, new SecureRandom());
  }

  private void awaitPorts() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      Matcher ready = READY.matcher(Files.readString(log(directory)));
      if (ready.find()) {
        http = Integer.parseInt(ready.group(1));
        https = Integer.parseInt(ready.group(2));
        return;
      }
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new IOException(
        "router: not ready (expected: a line 'fairlead ready ...'):\n"
            + Files.readString(log(directory)));
  }

  /** Returns where it is asked to score. */
  public Target target(Protocol protocol) {
    int port = protocol.tls() ? https : http;
    return new Target(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), protocol, PATH);
  }

  /** Returns whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
      Runtime.getRuntime().removeShutdownHook(atExit);
      delete(directory);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException | IllegalStateException e) {
      // a directory that cannot be removed, or an end that has begun already, harms nobody
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
