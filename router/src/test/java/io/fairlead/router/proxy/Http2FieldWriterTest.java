package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Http2FieldWriterTest {
  private final Http2FieldWriter writer = new Http2FieldWriter();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);
  private final ByteBuf block = Unpooled.buffer();

  private static Head head(String... fields) {
    var head = new Head();
    head.reset();
    for (int i = 0; i < fields.length; i += 2) {
      int name = head.append(fields[i]);
      int value = head.append(fields[i + 1]);
      byte[] bytes = fields[i].getBytes(US_ASCII);
      head.addField(FieldId.of(bytes, 0, bytes.length), name, value, value, head.length());
    }
    return head;
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 200, 204, 206, 304, 400, 404, 500, 503, 599})
  void writesEveryStatus(int status) throws Exception {
    writer.status(block, status);
    assertThat(decoder.decodeHeaders(1, block).status()).hasToString(Integer.toString(status));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 127, 104_857_600, Long.MAX_VALUE})
  void writesEveryLength(long length) throws Exception {
    writer.status(block, 200);
    Http2FieldWriter.contentLength(block, length);
    assertThat(decoder.decodeHeaders(1, block).get("content-length"))
        .hasToString(Long.toString(length));
  }

  @Test
  void writesFieldsInLowerCaseAndLeavesOutWhatIsDropped() throws Exception {
    Head head =
        head("Content-Type", "a/B", "X-Long", "v".repeat(300), "Gone", "x", "date", "today");
    head.drop(2);
    writer.status(block, 200);
    Http2FieldWriter.fields(block, head);
    Http2Headers read = decoder.decodeHeaders(1, block);
    assertThat(read).hasSize(4);
    assertThat(read.get("content-type")).hasToString("a/B");
    assertThat(read.get("x-long")).hasToString("v".repeat(300));
    assertThat(read.get("date")).hasToString("today");
  }

  @Test
  void announcesThatItUsesNoTableWherePeerSetsItsSize() throws Exception {
    decoder.maxHeaderTableSize(100); // refuses a block that does not say so
    writer.maxHeaderTableSize(100);
    writer.status(block, 200);
    assertThat(block.getByte(0)).isEqualTo((byte) 0x20);
    assertThat(decoder.decodeHeaders(1, block).status()).hasToString("200");
    writer.status(block, 200);
    assertThat(block.readableBytes()).isEqualTo(1);
  }
}
