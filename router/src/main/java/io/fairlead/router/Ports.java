package io.fairlead.router;

import io.fairlead.router.admin.AdminPages;
import io.fairlead.router.admin.AdminServer;
import io.fairlead.router.config.Settings;
import io.fairlead.router.model.Address;
import io.fairlead.router.proxy.Proxy;
import io.fairlead.router.proxy.Transport;
import io.fairlead.router.tls.ServerNames;
import io.fairlead.router.tls.TlsContexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ports of a router: opens them as its settings say, and knows where each listens. Those for
 * data are the proxy's to close.
 */
final class Ports implements AutoCloseable {
  private static final List<String> NAMES = List.of("http", "https", "admin", "peer");
  private static final ServerNames ANY_SERVER = new ServerNames(List.of(), List.of());

  private final Settings settings;
  private final Proxy proxy;
  private final Transport transport;
  private final MultiThreadIoEventLoopGroup adminGroup;
  private final Map<String, String> addresses = new LinkedHashMap<>();
  private @Nullable AdminServer admin;

  Ports(Settings settings, Proxy proxy, Transport transport) {
    this.settings = settings;
    this.proxy = proxy;
    this.transport = transport;
    adminGroup =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().name("fairlead-admin-", 0).daemon().factory(),
            transport.handlers());
  }

  /**
   * Opens the ports for callers.
   *
   * @throws StartFailure if one is taken
   */
  void openData(@Nullable TlsContexts tls) throws StartFailure {
    if (settings.http() != null) {
      listen("http", settings.http(), null, () -> ANY_SERVER);
    }
    if (settings.https() != null && tls != null) {
      listen("https", settings.https(), tls::newHandler, () -> tls.identity().names());
    }
  }

  private void listen(
      String name,
      Address address,
      @Nullable Function<ByteBufAllocator, SslHandler> tls,
      Supplier<ServerNames> servers)
      throws StartFailure {
    try {
      note(name, text(proxy.listen(socketAddress(address), tls, servers)));
    } catch (IOException e) {
      throw cannotListen(name, address, e);
    }
  }

  /**
   * Opens the port for {@code pages}, if there is to be one.
   *
   * @throws StartFailure if it is taken
   */
  void openAdmin(AdminPages pages) throws StartFailure {
    Address address = settings.admin();
    if (address == null) {
      return;
    }
    try {
      admin =
          AdminServer.start(adminGroup, transport.serverChannels(), socketAddress(address), pages);
      note("admin", text(admin.address()));
    } catch (IOException e) {
      throw cannotListen("admin", address, e);
    }
  }

  /** Notes where the port {@code name}, which another opened, listens. */
  void note(String name, String address) {
    addresses.put(name, address);
  }

  /** Returns how to say that {@code address} could not be opened as the port {@code name}. */
  static StartFailure cannotListen(String name, Address address, IOException cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    return new StartFailure(
        name + ": " + address + ": " + reason.getMessage() + " (expected: a free local address)");
  }

  static InetSocketAddress socketAddress(Address address) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
  }

  private static String text(InetSocketAddress address) {
    return new Address(address.getAddress().getHostAddress(), address.getPort()).toString();
  }

  /** Returns where the port {@code name} listens, or null. */
  @Nullable String address(String name) {
    return addresses.get(name);
  }

  /** Returns the line that says which ports are open. */
  String ready() {
    var line = new StringBuilder("fairlead ready");
    for (String name : NAMES) {
      if (addresses.containsKey(name)) {
        line.append(' ').append(name).append('=').append(addresses.get(name));
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
    adminGroup.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
