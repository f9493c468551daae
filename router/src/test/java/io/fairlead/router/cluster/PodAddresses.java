package io.fairlead.router.cluster;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loopback addresses of pods. An EndpointSlice takes no such address, so each pod has one of IPv6
 * beside it that says the same; Services of {@link ApiServer} are of IPv6, and their EndpointSlices
 * have these.
 */
final class PodAddresses {
  private static final int LAST = 254;
  private static final String SIX = "fd00::";

  private final String network =
      "127."
          + ThreadLocalRandom.current().nextInt(10, 250)
          + "."
          + ThreadLocalRandom.current().nextInt(250)
          + ".";
  private final AtomicInteger count = new AtomicInteger();

  /** Returns an address that nobody has had before. */
  String next() {
    int number = count.incrementAndGet();
    if (number > LAST) {
      throw new AssertionError("more than " + LAST + " pods (expected: fewer)");
    }
    return network + number;
  }

  /** Returns the address of IPv6 that stands for {@code four}. */
  static String six(String four) {
    String[] parts = four.split("\\.", -1);
    return SIX
        + Integer.toHexString(Integer.parseInt(parts[0]) << 8 | Integer.parseInt(parts[1]))
        + ":"
        + Integer.toHexString(Integer.parseInt(parts[2]) << 8 | Integer.parseInt(parts[3]));
  }

  /** Returns the address that {@code six} stands for. */
  static String four(String six) {
    String[] parts = six.substring(SIX.length()).split(":", -1);
    int high = Integer.parseInt(parts[0], 16);
    int low = Integer.parseInt(parts[1], 16);
    return (high >> 8) + "." + (high & 255) + "." + (low >> 8) + "." + (low & 255);
  }
}
