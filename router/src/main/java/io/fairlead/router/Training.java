package io.fairlead.router;

import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.DevCertificates.CertificateFiles;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
import io.fairlead.router.demo.SampleModel;
import io.fairlead.router.proxy.Transport;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Trains an AOT cache (JEP 514): starts a router that records what it loads, sends it traffic of
 * every kind, and ends it as an operator would, upon which its JVM writes the cache. What the
 * router did here is loaded, linked and profiled when it starts with the cache.
 *
 * <p>The models run in this process and not in the router's, which must load nothing that a serving
 * router has no use for: one class of a signed jar in the cache, and the jar is checked at every
 * start.
 */
public final class Training {
  private static final int TRAINED = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern READY =
      Pattern.compile("fairlead ready http=(\\S+) https=(\\S+) admin=(\\S+)");

  private final Path directory;

  private Training(Path directory) {
    this.directory = directory;
  }

  /**
   * Trains.
   *
   * @param command starts a router, up to its main class: a JVM with {@code
   *     -XX:AOTCacheOutput=FILE}
   */
  public static void main(String[] command) {
    if (command.length == 0) {
      System.err.println("training: no command (expected: java -XX:AOTCacheOutput=FILE ...)");
      System.exit(MISUSED);
    }
    System.exit(train(List.of(command)));
  }

  private static int train(List<String> command) {
    try (var temporary = TemporaryDirectory.create("fairlead-training-")) {
      new Training(temporary.path()).run(command);
      return TRAINED;
    } catch (Exception e) {
      e.printStackTrace();
      return FAILED;
    }
  }

  private void run(List<String> command) throws Exception {
    Transport transport = Transport.best();
    var models =
        new MultiThreadIoEventLoopGroup(
            1, Thread.ofPlatform().daemon().factory(), transport.handlers());
    try (SampleModel kind = model(transport, models, true);
        SampleModel closing = model(transport, models, false)) {
      Path manifests = Files.createDirectory(directory.resolve("manifests"));
      Files.writeString(manifests.resolve("training.yaml"), manifest(kind, closing));
      Process router = start(command, manifests, certify());
      try {
        drive(router);
        if (router.exitValue() != 0) {
          throw new IOException("the router ended with " + router.exitValue() + " (expected: 0)");
        }
      } finally {
        router.destroyForcibly();
      }
    }
  }

  private static SampleModel model(
      Transport transport, MultiThreadIoEventLoopGroup group, boolean keepAlive)
      throws IOException {
    return SampleModel.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Duration.ZERO,
        "training",
        group,
        transport.serverChannels(),
        keepAlive);
  }

  private static String manifest(SampleModel kind, SampleModel closing) {
    return """
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineEndpoint
        metadata: {name: training}
        spec: {authMode: None, traffic: {kind: 75, closing: 25}}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: training-kind}
        spec:
          name: kind
          endpointName: training
          addresses: ["127.0.0.1:%d"]
          requestSettings: {maxConcurrentRequestsPerInstance: 0}
        ---
        apiVersion: fairlead.dev/v1alpha1
        kind: OnlineDeployment
        metadata: {name: training-closing}
        spec:
          name: closing
          endpointName: training
          addresses: ["127.0.0.1:%d"]
          requestSettings: {maxConcurrentRequestsPerInstance: 1, maxQueueLength: 1000}
        """
        .formatted(kind.address().getPort(), closing.address().getPort());
  }

  private CertificateFiles certify() throws IOException {
    var leaf =
        new Leaf(
            List.of("localhost", "127.0.0.1"),
            KeyType.RSA_2048,
            Validity.of(Instant.now(), Duration.ofDays(1)),
            false);
    var request = new DevCertificates.Request(leaf, KeyForm.PKCS8, false);
    return DevCertificates.create(request, directory.resolve("certificate"), new SecureRandom());
  }

  private static Process start(List<String> command, Path manifests, CertificateFiles tls)
      throws IOException {
    List<String> serve = new ArrayList<>(command);
    serve.addAll(List.of("serve", "--manifests", manifests.toString()));
    for (String listener : List.of("http", "https", "admin")) {
      serve.addAll(List.of("--" + listener, "127.0.0.1:0"));
    }
    serve.addAll(List.of("--tls-cert", tls.cert().toString(), "--tls-key", tls.key().toString()));
    var builder = new ProcessBuilder(serve).redirectError(ProcessBuilder.Redirect.INHERIT);
    // How the router to come is set up must not change what this one does.
    builder.environment().keySet().removeIf(variable -> variable.startsWith("FAIRLEAD_"));
    return builder.start();
  }

  private void drive(Process router) throws Exception {
    try (BufferedReader said = router.inputReader()) {
      String line = said.readLine();
      Matcher ready = READY.matcher(line == null ? "" : line);
      if (!ready.matches()) {
        throw new IOException("the router said: " + line + " (expected: fairlead ready ...)");
      }
      Path ca = CertificateFiles.in(directory.resolve("certificate")).ca();
      try (var traffic = new TrainingTraffic(ready.group(1), ready.group(2), ready.group(3), ca)) {
        traffic.send();
      }
      router.toHandle().destroy(); // SIGTERM, and leaves its output open
      while (said.readLine() != null) {} // what the JVM says of the cache; ends with the process
    }
    if (!router.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException("the router did not end within " + PATIENCE);
    }
  }
}
