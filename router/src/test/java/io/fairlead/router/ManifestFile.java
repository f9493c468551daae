package io.fairlead.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A manifest of one endpoint, {@code echo}, with a deployment for each list of addresses. */
record ManifestFile(Path directory) {
  /** What one deployment gets of the traffic, and who serves it. */
  record Share(String name, int percent, List<String> addresses) {}

  /** Splits traffic over {@code deployments}, as a whole: readers see the old file or the new. */
  void write(Share... deployments) throws IOException {
    write(1000, deployments);
  }

  /** The same, where so many may wait in each of them. */
  void write(int maxQueueLength, Share... deployments) throws IOException {
    String traffic =
        Arrays.stream(deployments)
            .map(one -> one.name() + ": " + one.percent())
            .collect(Collectors.joining(", "));
    var text =
        new StringBuilder(
            """
            apiVersion: fairlead.dev/v1alpha1
            kind: OnlineEndpoint
            metadata: {name: echo}
            spec: {authMode: None, traffic: {%s}}
            """
                .formatted(traffic));
    for (Share one : deployments) {
      text.append(
          """
          ---
          apiVersion: fairlead.dev/v1alpha1
          kind: OnlineDeployment
          metadata: {name: echo-%s}
          spec:
            name: %s
            endpointName: echo
            addresses: [%s]
            requestSettings: {maxQueueWaitMs: 20000, maxQueueLength: %d, requestTimeoutMs: 20000}
          """
              .formatted(
                  one.name(),
                  one.name(),
                  one.addresses().stream()
                      .map(address -> '"' + address + '"')
                      .collect(Collectors.joining(", ")),
                  maxQueueLength));
    }
    write(text.toString());
  }

  /** Sends all traffic to one deployment. */
  void writeOne(StubModel... replicas) throws IOException {
    write(new Share("blue", 100, Arrays.stream(replicas).map(StubModel::address).toList()));
  }

  void write(String text) throws IOException {
    Path next = Files.writeString(directory.resolve(".next"), text);
    Files.move(next, directory.resolve("echo.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }
}
