package io.fairlead.router.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.Limits;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadWriterTest {
  private final HeadWriter writer = new HeadWriter();

  @Test
  void writesAResponseHead() {
    byte[] value = "..abc..".getBytes(ISO_8859_1);
    writer.statusLine(200);
    writer.field("X-Id: ".getBytes(ISO_8859_1), value, 2, 5);
    writer.contentLength(0);
    writer.chunked();
    writer.end();

    assertThat(written().lines())
        .containsExactly(
            "HTTP/1.1 200 OK", "X-Id: abc", "Content-Length: 0", "Transfer-Encoding: chunked", "");
    assertThat(written()).endsWith("chunked\r\n\r\n");
  }

  @Test
  void leavesTheReasonOfAnUnknownStatusEmpty() {
    writer.statusLine(299);

    assertThat(written()).isEqualTo("HTTP/1.1 299 \r\n");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, 4_294_967_296L, 999_999_999_999L, Long.MAX_VALUE})
  void writesNumbers(long number) {
    writer.number(number);

    assertThat(written()).isEqualTo(Long.toString(number));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 255, 256, 65_535, 65_536, 0x1234567, Integer.MAX_VALUE})
  void writesChunkHeads(int size) {
    byte[] to = new byte[12];
    int end = HeadWriter.chunkHead(to, 1, size);

    assertThat(new String(to, 1, end - 1, ISO_8859_1))
        .isEqualTo(Integer.toHexString(size) + "\r\n");
  }

  @Test
  void growsAndKeepsWhatIsWritten() {
    byte[] much = new byte[100_000];
    Arrays.fill(much, (byte) 'x');
    writer.number(42);
    writer.bytes(much);
    writer.end();
    assertThat(written()).isEqualTo("42" + "x".repeat(100_000) + "\r\n");

    writer.reset();
    assertThat(writer.length()).isZero();
  }

  @Test
  void othersMayWriteIntoItsArray() {
    writer.ensure(5_000);
    writer.array()[0] = 'a';
    writer.length(1);
    writer.end();

    assertThat(written()).isEqualTo("a\r\n");
  }

  @Test
  void forwardsAllFieldsThatAreNotDropped() {
    Head head = scanned("Host: h\r\nA: 1\r\nB:2\r\nC: \t3 \r\nD:\r\nE: 5\r\nF: 6\r\nG: 7\r\n");
    head.drop(0);
    head.drop(6);
    writer.forwardedFields(head);

    assertThat(written()).isEqualTo("A: 1\r\nB: 2\r\nC: 3\r\nD: \r\nE: 5\r\nG: 7\r\n");
  }

  @Test
  void forwardsWhateverIsDropped() {
    String fields = "Host: h\r\nA: 1\r\nB:2\r\nC:  3\r\nD: 4\r\n";
    for (int dropped = 0; dropped < 32; dropped++) {
      Head head = scanned(fields);
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < head.fields(); i++) {
        if ((dropped & (1 << i)) != 0) {
          head.drop(i);
        } else {
          String name = head.text(head.nameStart(i), head.nameEnd(i));
          expected.append(name).append(": ").append(head.value(i)).append("\r\n");
        }
      }
      writer.reset();
      writer.forwardedFields(head);
      assertThat(written())
          .as("dropped: %s", Integer.toBinaryString(dropped))
          .hasToString(expected.toString());
    }
  }

  private static Head scanned(String fields) {
    Head head = new Head();
    byte[] wire = ("GET / HTTP/1.1\r\n" + fields + "\r\nGET").getBytes(ISO_8859_1);
    Progress progress =
        new RequestScanner(Limits.Head.DEFAULT).scan(Unpooled.wrappedBuffer(wire), head);
    assertThat(progress).isEqualTo(Progress.DONE);
    return head;
  }

  private String written() {
    return new String(writer.array(), 0, writer.length(), ISO_8859_1);
  }
}
