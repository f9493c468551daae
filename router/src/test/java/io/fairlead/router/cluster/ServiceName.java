package io.fairlead.router.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The name of a headless Service, in a file of hosts that the JDK reads in place of name servers
 * ({@code -Djdk.net.hosts.file}).
 */
public final class ServiceName implements AutoCloseable {
  private final Path file;
  private final String name;
  private final ServiceEndpoints endpoints;

  /** Begins to write it into {@code file}. */
  public ServiceName(ApiServer server, String namespace, String service, Path file) {
    this.file = file;
    this.name = service + "." + namespace + ".svc";
    write(List.of());
    endpoints = new ServiceEndpoints(server, namespace, service, this::write);
  }

  private void write(List<String> addresses) {
    var lines = new StringBuilder("127.0.0.1 localhost\n");
    addresses.forEach(address -> lines.append(address).append(' ').append(name).append('\n'));
    try {
      Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), lines);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    endpoints.close();
  }
}
