package io.fairlead.bench.fleet;

import io.fairlead.bench.process.Manifest;
import io.fairlead.bench.process.RouterProcess;
import io.fairlead.certs.DevCertificates;
import io.fairlead.certs.KeyForm;
import io.fairlead.certs.KeyType;
import io.fairlead.certs.Leaf;
import io.fairlead.certs.Validity;
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
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Routers as processes, before the same replicas; gone when it is closed. */
final class FleetProcesses implements AutoCloseable {
  /** What they are told of the deployment. */
  record Shape(
      int routers,
      int limit,
      boolean coordinated,
      Duration requestTimeout,
      int queueLength,
      boolean hasAccessLog) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Nobody is refused. */
    private static final int QUEUE_LENGTH = 100_000;

    /** They share slots. */
    static Shape shared(int routers, int limit) {
      return new Shape(routers, limit, true, TIMEOUT, QUEUE_LENGTH, false);
    }

    /** They know of no other. */
    static Shape alone(int routers, int limit) {
      return new Shape(routers, limit, false, TIMEOUT, QUEUE_LENGTH, false);
    }

    Shape within(Duration timeout) {
      return new Shape(routers, limit, coordinated, timeout, queueLength, hasAccessLog);
    }

    /** So many may wait in all of them. */
    Shape queue(int length) {
      return new Shape(routers, limit, coordinated, requestTimeout, length, hasAccessLog);
    }

    /** They write a line for each request. */
    Shape logged() {
      return new Shape(routers, limit, coordinated, requestTimeout, queueLength, true);
    }
  }

  private final Path directory;
  private final Shape shape;
  private final List<Integer> ports;
  private final DevCertificates.CertificateFiles certificates;
  private final List<FleetProcess> processes = new ArrayList<>();

  private FleetProcesses(Path directory, Shape shape) throws IOException {
    this.directory = directory;
    this.shape = shape;
    this.ports = freePorts(shape.routers());
    var validity = Validity.of(Instant.now(), Duration.ofDays(7));
    var leaf = new Leaf(List.of("127.0.0.1"), KeyType.EC, validity, true);
    certificates =
        DevCertificates.create(
            new DevCertificates.Request(leaf, KeyForm.PKCS8, false),
            directory.resolve("certs"),
            new SecureRandom());
  }

  /** Starts all of them. */
  static FleetProcesses start(Shape shape, List<InetSocketAddress> replicas)
      throws IOException, InterruptedException {
    var fleet = new FleetProcesses(Files.createTempDirectory("fairlead-fleet-"), shape);
    Path manifests = Files.createDirectory(fleet.directory.resolve("manifests"));
    var manifest =
        new Manifest(replicas, shape.limit(), shape.queueLength(), shape.requestTimeout());
    Files.writeString(manifests.resolve("bench.yaml"), manifest.text());
    for (int i = 0; i < shape.routers(); i++) {
      fleet.processes.add(fleet.start(i));
    }
    return fleet;
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> open = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      open.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : open) {
      socket.close();
    }
    return ports;
  }

  /** Starts the one at {@code index} again. */
  FleetProcess restart(int index) throws IOException, InterruptedException {
    FleetProcess process = start(index);
    processes.set(index, process);
    return process;
  }

  private FleetProcess start(int index) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(RouterProcess.launcher());
    command.addAll(
        List.of(
            "serve",
            "--manifests",
            directory.resolve("manifests").toString(),
            "--http",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--event-loops",
            "1",
            "--drain-delay-seconds",
            "1"));
    if (shape.hasAccessLog()) {
      command.addAll(
          List.of("--access-log", accessLog(index).toString(), "--access-log-sample", "1"));
    }
    if (shape.coordinated()) {
      command.addAll(
          List.of(
              "--lease-file",
              directory.resolve("lease").toString(),
              "--peer",
              peer(index),
              "--peers",
              ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")),
              "--peer-cert",
              certificates.cert().toString(),
              "--peer-key",
              certificates.key().toString(),
              "--peer-ca",
              certificates.ca().toString()));
    }
    return FleetProcess.start(
        command, Files.createTempFile(directory, "router-" + index + "-", ".log"));
  }

  /** Returns the address by which its peers know the one at {@code index}. */
  String peer(int index) {
    return "127.0.0.1:" + ports.get(index);
  }

  private Path accessLog(int index) {
    return directory.resolve("access-" + index + ".log");
  }

  /** Returns where they write a line for each request, if they do. */
  List<Path> accessLogs() {
    return IntStream.range(0, processes.size()).mapToObj(this::accessLog).toList();
  }

  /** Returns the CPU time that they have used. */
  Duration cpu() {
    return processes.stream().map(FleetProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  List<FleetProcess> processes() {
    return List.copyOf(processes);
  }

  @Override
  public void close() {
    processes.forEach(FleetProcess::close);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // a directory that cannot be removed harms nobody
    }
  }
}
