package io.fairlead.router.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses, written {@code 10.0.0.0/8} (RFC 4632) or {@code fd00::/8} (RFC 4291).
 *
 * @param network its first address; the bits after the prefix are zero
 * @param prefixLength leading bits that all its addresses share
 */
public record Cidr(InetAddress network, int prefixLength) {
  public Cidr {
    byte[] bits = network.getAddress();
    if (prefixLength < 0 || prefixLength > bits.length * 8) {
      throw new IllegalArgumentException(
          "prefix: " + prefixLength + " (expected: 0 to " + bits.length * 8 + ")");
    }
    for (int bit = prefixLength; bit < bits.length * 8; bit++) {
      if ((bits[bit / 8] & 0x80 >> bit % 8) != 0) {
        throw new IllegalArgumentException(
            "network: "
                + network.getHostAddress()
                + " (expected: zero after the first "
                + prefixLength
                + " bits)");
      }
    }
  }

  /** Reads the text form, where a lone address is a block of one; null if it is not of it. */
  public static @Nullable Cidr parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (!Address.isLiteral(host)) {
      return null;
    }
    InetAddress network = InetAddress.ofLiteral(host);
    try {
      String prefix = slash < 0 ? "" : text.substring(slash + 1);
      if (slash >= 0 && !prefix.matches("[0-9]{1,3}")) {
        return null;
      }
      return new Cidr(
          network, slash < 0 ? network.getAddress().length * 8 : Integer.parseInt(prefix));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns whether {@code address} is of this block. An IPv4 block never holds an IPv6 one. */
  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefixLength / 8;
    for (int i = 0; i < whole; i++) {
      if (ours[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefixLength % 8;
    return rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixLength;
  }
}
