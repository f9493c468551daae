package io.fairlead.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Who this process is among the routers: the machine's or pod's name, for people, and something of
 * chance, so that not even its successor of that name is taken for it.
 */
final class RouterName {
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
  private static final int MOST = 200;

  private RouterName() {}

  static String make(SecureRandom random) {
    byte[] chance = new byte[5];
    random.nextBytes(chance);
    return host() + "_" + HexFormat.of().formatHex(chance);
  }

  private static String host() {
    try {
      String name = Files.readString(HOST).strip().replaceAll("[^-.A-Za-z0-9]", "-");
      return name.isEmpty() ? "router" : name.substring(0, Math.min(MOST, name.length()));
    } catch (IOException e) {
      return "router"; // not Linux
    }
  }
}
