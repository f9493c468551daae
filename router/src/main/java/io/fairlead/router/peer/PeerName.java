package io.fairlead.router.peer;

import io.fairlead.router.model.Address;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Who a router is in the election: where its peers reach it, and which life of it.
 *
 * @param incarnation drawn when it started
 */
public record PeerName(Address address, long incarnation) {
  private static final int DIGITS = 16;

  /** Reads what a lease says; null if that is not a router with peers. */
  public static @Nullable PeerName parse(String text) {
    int mark = text.length() - DIGITS - 1;
    if (mark < 1 || text.charAt(mark) != '_') {
      return null;
    }
    Address address = Address.parse(text.substring(0, mark));
    if (address == null || !Address.isLiteral(address.host()) || address.port() == 0) {
      return null;
    }
    try {
      return new PeerName(address, HexFormat.fromHexDigitsToLong(text, mark + 1, text.length()));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns what a lease says. */
  @Override
  public String toString() {
    return address + "_" + HexFormat.of().toHexDigits(incarnation);
  }
}
