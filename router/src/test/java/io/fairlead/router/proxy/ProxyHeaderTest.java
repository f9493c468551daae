package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String FOUR = "cb007107" + "c0000201" + "d903" + "01bb";
  private static final String SIX =
      "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "d903" + "01bb";

  static byte[] text(String line) {
    return line.getBytes(ISO_8859_1);
  }

  /** Returns a header of version 2 with this command and family and whatever follows. */
  static byte[] binary(int command, int family, String rest) {
    byte[] body = ByteBufUtil.decodeHexDump(rest);
    ByteBuf header = Unpooled.buffer().writeBytes(ByteBufUtil.decodeHexDump(SIGNATURE));
    header.writeByte(command).writeByte(family).writeShort(body.length).writeBytes(body);
    return ByteBufUtil.getBytes(header);
  }

  /** Returns a header with a checksum, right or wrong. */
  private static byte[] withChecksum(boolean right) {
    byte[] header = binary(0x21, 0x11, FOUR + "030004" + "00000000" + "04000100");
    var sum = new CRC32C();
    sum.update(header);
    int at = header.length - 8;
    Unpooled.wrappedBuffer(header).setInt(at, (int) sum.getValue() + (right ? 0 : 1));
    return header;
  }

  static Stream<Arguments> good() {
    String unix = "2f746d702f73".concat("00".repeat(102)).repeat(2);
    return Stream.of(
        Arguments.of("tcp4", text("PROXY TCP4 203.0.113.7 192.0.2.1 55555 443\r\n"), "203.0.113.7"),
        Arguments.of("ports", text("PROXY TCP4 203.0.113.7 192.0.2.1 0 65535\r\n"), "203.0.113.7"),
        Arguments.of(
            "tcp6", text("PROXY TCP6 2001:db8::7 2001:db8::1 5 443\r\n"), "2001:db8:0:0:0:0:0:7"),
        Arguments.of("unknown", text("PROXY UNKNOWN\r\n"), ""),
        Arguments.of("unknown and more", text("PROXY UNKNOWN ffff::1 ? whatever\r\n"), ""),
        Arguments.of("longest", text("PROXY UNKNOWN " + "f".repeat(107 - 16) + "\r\n"), ""),
        Arguments.of("v2 tcp4", binary(0x21, 0x11, FOUR), "203.0.113.7"),
        Arguments.of("v2 tcp6", binary(0x21, 0x21, SIX), "2001:db8:0:0:0:0:0:7"),
        Arguments.of(
            "v2 mapped",
            binary(0x21, 0x21, "00000000000000000000ffffcb007107" + SIX.substring(32)),
            "203.0.113.7"),
        Arguments.of(
            "v2 extensions",
            binary(0x21, 0x11, FOUR + "01000268" + "32" + "ea000101" + "040000"),
            "203.0.113.7"),
        Arguments.of("v2 checksum", withChecksum(true), "203.0.113.7"),
        Arguments.of(
            "v2 longest",
            binary(0x21, 0x11, FOUR + "0407e1" + "00".repeat(2048 - 16 - 12 - 3)),
            "203.0.113.7"),
        Arguments.of("v2 local", binary(0x20, 0x00, ""), ""),
        Arguments.of("v2 local with an address", binary(0x20, 0x11, FOUR), ""),
        Arguments.of("v2 unspecified", binary(0x21, 0x00, FOUR + "ff"), ""),
        Arguments.of("v2 unix", binary(0x21, 0x31, unix), ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void takesWhatTheSpecificationAllows(String name, byte[] header, String source) {
    ByteBuf in = Unpooled.wrappedBuffer(header, text("GET"));
    assertThat(ProxyHeader.read(in)).isInstanceOf(ProxyHeader.Taken.class);
    ByteBuf again = Unpooled.wrappedBuffer(header, text("GET"));
    assertThat(sourceOf(ProxyHeader.read(again))).isEqualTo(source);
    assertThat(again.toString(ISO_8859_1)).as("what is behind it stays").isEqualTo("GET");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("good")
  void waitsForTheRestAtEveryByte(String name, byte[] header, String source) {
    for (int length = 0; length < header.length; length++) {
      ByteBuf in = Unpooled.wrappedBuffer(Arrays.copyOf(header, length));
      assertThat(ProxyHeader.read(in)).as("after %d", length).isEqualTo(new ProxyHeader.More());
      assertThat(in.readableBytes()).isEqualTo(length);
    }
    assertThat(sourceOf(ProxyHeader.read(Unpooled.wrappedBuffer(header)))).isEqualTo(source);
  }

  static Stream<byte[]> bad() {
    return Stream.concat(
        Stream.of(
                "GET / HTTP/1.1\r\n",
                "PROXX TCP4 203.0.113.7 192.0.2.1 1 2\r\n",
                "proxy TCP4 203.0.113.7 192.0.2.1 1 2\r\n",
                "PROXY\tTCP4 203.0.113.7 192.0.2.1 1 2\r\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 1 2\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 1 2 \r\n",
                "PROXY  TCP4 203.0.113.7 192.0.2.1 1 2\r\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 1\r\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 +1 2\r\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 01 2\r\n",
                "PROXY TCP4 203.0.113.7 192.0.2.1 1 65536\r\n",
                "PROXY TCP4 203.0.113 192.0.2.1 1 2\r\n",
                "PROXY TCP4 203.0.113.256 192.0.2.1 1 2\r\n",
                "PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n",
                "PROXY TCP4 localhost 192.0.2.1 1 2\r\n",
                "PROXY TCP6 203.0.113.7 192.0.2.1 1 2\r\n",
                "PROXY TCP6 [2001:db8::7] 2001:db8::1 1 2\r\n",
                "PROXY TCP6 fe80::1%eth0 2001:db8::1 1 2\r\n",
                "PROXY UDP4 203.0.113.7 192.0.2.1 1 2\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY \r\n",
                "PROXY UNKNOWN a\rb\r\n",
                "PROXY UNKNOWN \u0000\r\n",
                "PROXY UNKNOWN \u00e9\r\n",
                "PROXY UNKNOWN " + "f".repeat(107 - 15) + "\r\n")
            .map(ProxyHeaderTest::text),
        Stream.of(
            binary(0x22, 0x11, FOUR),
            binary(0x11, 0x11, FOUR),
            binary(0x21, 0x12, FOUR),
            binary(0x21, 0x01, FOUR),
            binary(0x21, 0x41, FOUR),
            binary(0x21, 0x11, FOUR.substring(2)),
            binary(0x21, 0x21, FOUR),
            binary(0x21, 0x31, FOUR),
            binary(0x21, 0x11, FOUR + "01"),
            binary(0x21, 0x11, FOUR + "0100"),
            binary(0x21, 0x11, FOUR + "010002" + "68"),
            binary(0x21, 0x11, FOUR + "20ffff" + "68"),
            binary(0x21, 0x11, FOUR + "040001" + "00" + "04"),
            binary(0x21, 0x11, FOUR + "030003" + "000000"),
            withChecksum(false),
            binary(0x21, 0x11, FOUR + "0407e2" + "00".repeat(2049 - 16 - 12 - 3))));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesEverythingElseHoweverItIsSplit(byte[] header) {
    ByteBuf whole = Unpooled.wrappedBuffer(header, text("GET / HTTP/1.1\r\n"));
    ProxyHeader.Result verdict = ProxyHeader.read(whole);
    assertThat(verdict).isInstanceOf(ProxyHeader.Refused.class);

    ByteBuf bytes = Unpooled.wrappedBuffer(header);
    for (int length = 1; length <= header.length; length++) {
      ProxyHeader.Result soFar = ProxyHeader.read(bytes.slice(0, length));
      if (!(soFar instanceof ProxyHeader.More)) {
        assertThat(soFar).as("after %d", length).isEqualTo(verdict);
        return;
      }
    }
    throw new AssertionError("never refused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"G", "\r\nG", "PROXY TCP4 1\r1", "\u0016\u0003\u0001"})
  void refusesAtTheFirstByteThatShowsIt(String start) {
    assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(text(start))))
        .isInstanceOf(ProxyHeader.Refused.class);
  }

  @Test
  void doesNotWaitForWhatIsTooLongAnyway() {
    byte[] header = binary(0x21, 0x11, FOUR + "00".repeat(4_000));
    assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(Arrays.copyOf(header, 16))))
        .isEqualTo(
            new ProxyHeader.Refused(
                "a malformed header of the PROXY protocol: longer than 2048 bytes"));
  }

  private static String sourceOf(ProxyHeader.Result result) {
    if (!(result instanceof ProxyHeader.Taken taken)) {
      throw new AssertionError(result);
    }
    InetAddress source = taken.source();
    return source == null ? "" : source.getHostAddress();
  }
}
