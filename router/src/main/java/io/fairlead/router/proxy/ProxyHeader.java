package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.model.Address;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, with which a load balancer says whose
 * bytes follow (haproxy.org, proxy-protocol.txt of 2020).
 *
 * <p>Strict, since an address that two readers understand differently is a way around rules about
 * addresses: what the specification does not allow is refused, and at the first byte that shows it.
 * The verdict is the same however the bytes are split.
 */
final class ProxyHeader {
  /** Longest header of version 1, its CRLF included (section 2.1). */
  static final int MOST_TEXT = 107;

  /** Longest that is taken of version 2: addresses and a good deal of what may follow them. */
  static final int MOST_BINARY = 2_048;

  private static final byte[] TEXT = "PROXY ".getBytes(US_ASCII);
  private static final byte[] BINARY = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };

  /** Signature, version and command, family, length. */
  private static final int FIXED = 16;

  private static final int CHECKSUM = 3; // PP2_TYPE_CRC32C

  /** What became of the bytes so far. */
  sealed interface Result {}

  /** They may be the beginning of a header. */
  record More() implements Result {}

  /** They are none. */
  record Refused(String why) implements Result {}

  /**
   * They were one, and are consumed.
   *
   * @param source who opened the connection to the balancer; null if it speaks for itself
   */
  record Taken(@Nullable InetAddress source) implements Result {}

  private static final More MORE = new More();
  private static final Taken ITSELF = new Taken(null);

  private ProxyHeader() {}

  /** Reads the header from the beginning of {@code in}; consumes nothing unless it is whole. */
  static Result read(ByteBuf in) {
    if (!in.isReadable()) {
      return MORE;
    }
    boolean binary = in.getByte(in.readerIndex()) == BINARY[0];
    byte[] signature = binary ? BINARY : TEXT;
    int compared = Math.min(signature.length, in.readableBytes());
    for (int i = 0; i < compared; i++) {
      if (in.getByte(in.readerIndex() + i) != signature[i]) {
        return new Refused("no header of the PROXY protocol");
      }
    }
    if (compared < signature.length) {
      return MORE;
    }
    return binary ? readBinary(in) : readText(in);
  }

  // ---- version 1

  private static Result readText(ByteBuf in) {
    int from = in.readerIndex();
    int most = Math.min(in.readableBytes(), MOST_TEXT);
    for (int i = TEXT.length; i < most; i++) {
      int b = in.getByte(from + i);
      if (in.getByte(from + i - 1) == '\r') {
        return b == '\n' ? readLine(in, i + 1) : malformed("a CR without LF");
      }
      if (b != '\r' && (b < ' ' || b > '~')) {
        return malformed("a character that is not printable ASCII");
      }
    }
    return in.readableBytes() < MOST_TEXT ? MORE : malformed("longer than 107 bytes");
  }

  private static Result readLine(ByteBuf in, int length) {
    String line = in.toString(in.readerIndex(), length - 2, US_ASCII);
    String[] parts = line.split(" ", -1);
    if (parts[1].equals("UNKNOWN")) {
      in.skipBytes(length);
      return ITSELF;
    }
    boolean six = parts[1].equals("TCP6");
    if ((!six && !parts[1].equals("TCP4"))
        || parts.length != 6
        || !isAddress(parts[2], six)
        || !isAddress(parts[3], six)
        || !isPort(parts[4])
        || !isPort(parts[5])) {
      return malformed("not TCP4 or TCP6, two addresses, two ports, or UNKNOWN");
    }
    in.skipBytes(length);
    return new Taken(InetAddress.ofLiteral(parts[2]));
  }

  private static boolean isAddress(String text, boolean six) {
    return (text.indexOf(':') >= 0) == six && text.indexOf('[') < 0 && Address.isLiteral(text);
  }

  private static boolean isPort(String text) {
    return text.matches("0|[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65_535;
  }

  // ---- version 2

  private static Result readBinary(ByteBuf in) {
    int from = in.readerIndex();
    int has = in.readableBytes();
    int command = has > 12 ? in.getUnsignedByte(from + 12) : 0x21;
    if (command != 0x20 && command != 0x21) {
      return malformed("not version 2 with LOCAL or PROXY");
    }
    if (has < FIXED) {
      return MORE;
    }
    int end = FIXED + in.getUnsignedShort(from + 14);
    if (end > MOST_BINARY) {
      return malformed("longer than " + MOST_BINARY + " bytes");
    }
    if (has < end) {
      return MORE;
    }
    Result result = command == 0x20 ? ITSELF : readAddresses(in, from, from + end);
    if (result instanceof Taken) {
      in.skipBytes(end);
    }
    return result;
  }

  private static Result readAddresses(ByteBuf in, int start, int end) {
    int family = in.getUnsignedByte(start + 13);
    int length;
    switch (family) {
      case 0x00 -> {
        return ITSELF; // unspecified: nothing of the rest is to be looked at
      }
      case 0x11 -> length = 4;
      case 0x21 -> length = 16;
      case 0x31 -> length = 108; // a socket on the balancer's own machine
      default -> {
        return malformed("not a family of streams");
      }
    }
    int addresses = length == 108 ? 216 : 2 * length + 4;
    if (start + FIXED + addresses > end) {
      return malformed("shorter than its addresses");
    }
    String wrong = checkExtensions(in, start, start + FIXED + addresses, end);
    if (wrong != null) {
      return malformed(wrong);
    }
    if (length == 108) {
      return ITSELF;
    }
    byte[] source = new byte[length];
    in.getBytes(start + FIXED, source);
    try {
      return new Taken(InetAddress.getByAddress(source));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + length + " bytes", e);
    }
  }

  /** Walks through what follows the addresses; it must end exactly where the header does. */
  private static @Nullable String checkExtensions(ByteBuf in, int start, int from, int end) {
    int at = from;
    while (at < end) {
      if (end - at < 3 || in.getUnsignedShort(at + 1) > end - at - 3) {
        return "an extension that is cut short";
      }
      int length = in.getUnsignedShort(at + 1);
      if (in.getUnsignedByte(at) == CHECKSUM
          && (length != 4 || in.getInt(at + 3) != checksum(in, start, at + 3, end))) {
        return "a wrong checksum"; // section 2.2.3: such a connection must be closed
      }
      at += 3 + length;
    }
    return null;
  }

  /** Computes it over the whole header with zeros where it stands itself. */
  private static int checksum(ByteBuf in, int start, int itself, int end) {
    byte[] header = new byte[end - start];
    in.getBytes(start, header);
    java.util.Arrays.fill(header, itself - start, itself - start + 4, (byte) 0);
    var sum = new CRC32C();
    sum.update(header);
    return (int) sum.getValue();
  }

  private static Refused malformed(String what) {
    return new Refused("a malformed header of the PROXY protocol: " + what);
  }
}
