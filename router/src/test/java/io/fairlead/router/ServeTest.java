package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve} and {@code check} say and open, as processes. */
@Timeout(120)
class ServeTest {
  @TempDir Path manifests;
  private ManifestFile manifest;

  @BeforeEach
  void writeManifest() throws IOException {
    manifest = new ManifestFile(manifests);
    manifest.write(new ManifestFile.Share("blue", 100, List.of("127.0.0.1:5001")));
  }

  @Test
  void saysOneLineWhenItIsReady() throws Exception {
    try (var router = RouterProcess.serve(manifests)) {
      assertThat(router.ready())
          .matches("fairlead ready http=127\\.0\\.0\\.1:\\d+ admin=127\\.0\\.0\\.1:\\d+");

      router.signal("TERM");
      assertThat(router.awaitEnd().out()).containsExactly(router.ready());
    }
  }

  @Test
  void opensOnlyTheListenersThatAreNamed() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/net/tcp")), "the kernel says who listens");
    try (var router =
        RouterProcess.start(
            "serve", "--manifests", manifests.toString(), "--http", "127.0.0.1:0")) {
      assertThat(router.ready()).matches("fairlead ready http=127\\.0\\.0\\.1:\\d+");
      assertThat(listening(router.pid())).containsExactly(router.port("http"));
    }
    try (var router = RouterProcess.serve(manifests)) {
      router.ready();
      assertThat(listening(router.pid()))
          .containsExactlyInAnyOrder(router.port("http"), router.port("admin"));
    }
  }

  @Test
  void takenPortIsOneLineAndExitTwo() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = "127.0.0.1:" + other.getLocalPort();
      for (String listener : List.of("http", "admin")) {
        String free = listener.equals("http") ? "admin" : "http";
        try (var router =
            RouterProcess.start(
                "serve",
                "--manifests",
                manifests.toString(),
                "--" + listener,
                taken,
                "--" + free,
                "127.0.0.1:0")) {
          var ended = router.awaitEnd();

          assertThat(ended.code()).isEqualTo(2);
          assertThat(ended.out()).isEmpty();
          assertThat(complaints(ended))
              .singleElement()
              .asString()
              .startsWith("fairlead: " + listener + ": " + taken + ": ")
              .endsWith("(expected: a free local address)");
        }
      }
    }
  }

  @Test
  void secondRouterDoesNotQuietlyShareThePort() throws Exception {
    try (var first = RouterProcess.serve(manifests)) {
      String taken = "127.0.0.1:" + first.port("http");
      try (var second =
          RouterProcess.start("serve", "--manifests", manifests.toString(), "--http", taken)) {
        assertThat(second.awaitEnd().code()).isEqualTo(2);
      }
    }
  }

  @Test
  void refusesToStartWithBadManifestsAndSaysAllProblems() throws Exception {
    Files.writeString(manifests.resolve("pod.yaml"), "kind: Pod\n");
    Files.writeString(manifests.resolve("tabs.yaml"), "kind:\n\t- x\n");

    RouterProcess.Ended served;
    try (var router = RouterProcess.serve(manifests)) {
      served = router.awaitEnd();
    }
    RouterProcess.Ended checked;
    try (var check = RouterProcess.start("check", "--manifests", manifests.toString())) {
      checked = check.awaitEnd();
    }

    assertThat(served.code()).isEqualTo(2);
    assertThat(served.out()).isEmpty();
    assertThat(checked.code()).isEqualTo(1);
    assertThat(checked.err()).isEmpty();
    assertThat(checked.out()).last().asString().isEqualTo(manifests + ": 2 problems");
    assertThat(checked.out().getFirst()).startsWith("pod.yaml:1:7: ");
    assertThat(checked.out().get(1)).startsWith("tabs.yaml:2:");
    assertThat(complaints(served))
        .containsExactlyElementsOf(
            checked.out().subList(0, 2).stream().map(line -> "fairlead: " + line).toList());
  }

  @Test
  void goodManifestsPassTheCheck() throws Exception {
    try (var check = RouterProcess.start("check", "--manifests", manifests.toString())) {
      assertThat(check.awaitEnd().code()).isZero();
    }
  }

  static List<String> complaints(RouterProcess.Ended ended) {
    return ended.err().stream().filter(line -> line.startsWith("fairlead: ")).toList();
  }

  /** Returns the TCP ports on which process {@code pid} listens, as the kernel sees it. */
  private static Set<Integer> listening(long pid) throws IOException {
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        try {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (target.startsWith("socket:[")) {
            sockets.add(target.substring("socket:[".length(), target.length() - 1));
          }
        } catch (NoSuchFileException closed) {
          // between the two looks; what listens stays open
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      Path file = Path.of("/proc/" + pid + "/net/" + table);
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        String[] columns = line.trim().split("\\s+", -1);
        if (columns[3].equals("0A") && sockets.contains(columns[9])) {
          String local = columns[1];
          ports.add(Integer.parseInt(local.substring(local.indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }
}
