package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2RequestRules;
import io.fairlead.router.model.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Http2FieldReaderTest {
  private static final int MAX_LIST = 65_536;

  private final Http2FieldReader<Http2RequestRules> reader =
      new Http2FieldReader<>(new Http2RequestRules(Limits.DEFAULT.head()));
  private final Http2FieldTable table = new Http2FieldTable(MAX_LIST);
  private final Head head = new Head();

  private List<String> read(ByteBuf block) throws Http2Exception {
    reader.rules.begin(head);
    reader.read(table, block, block.readableBytes());
    assertThat(block.isReadable()).isFalse();
    var fields = new ArrayList<String>();
    fields.add(head.text(head.pathStart(), head.pathEnd()));
    for (int i = 0; i < head.fields(); i++) {
      fields.add(head.text(head.nameStart(i), head.nameEnd(i)) + ": " + head.value(i));
    }
    return fields;
  }

  private List<String> read(String hex) throws Http2Exception {
    return read(bytes(hex));
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private void assertRefused(String hex) {
    assertThatExceptionOfType(Http2Exception.class)
        .isThrownBy(() -> read(hex))
        .satisfies(e -> assertThat(e.error()).isEqualTo(Http2Error.COMPRESSION_ERROR))
        .satisfies(e -> assertThat(Http2Exception.isStreamError(e)).isFalse());
  }

  // ---- the examples of RFC 7541, appendix C: three requests on one connection

  @Test
  void readsThePlainRequestsOfTheStandard() throws Http2Exception {
    assertThat(read("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d")).containsExactly("/");
    assertThat(read("8286 84be 5808 6e6f 2d63 6163 6865"))
        .containsExactly("/", "cache-control: no-cache");
    assertThat(read("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
        .containsExactly("/index.html", "custom-key: custom-value");
    assertThat(head.text(head.authorityStart(), head.authorityEnd())).isEqualTo("www.example.com");
  }

  @Test
  void readsTheCodedRequestsOfTheStandard() throws Http2Exception {
    assertThat(read("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).containsExactly("/");
    assertThat(read("8286 84be 5886 a8eb 1064 9cbf"))
        .containsExactly("/", "cache-control: no-cache");
    assertThat(read("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
        .containsExactly("/index.html", "custom-key: custom-value");
    assertThat(head.text(head.authorityStart(), head.authorityEnd())).isEqualTo("www.example.com");
  }

  // ---- against an encoder of other people

  @ParameterizedTest
  @CsvSource({"0, 4096", "0, 100", "0, 0", "512, 4096", "512, 100", "512, 65536"})
  void readsWhatAnotherEncoderWrites(int codedFrom, int tableBytes) throws Http2Exception {
    long seed = 42L + codedFrom + tableBytes;
    var random = new Random(seed);
    var encoder =
        new DefaultHttp2HeadersEncoder(
            (name, value) -> name.length() % 5 == 0, false, 16, codedFrom);
    table.maxHeaderTableSize(tableBytes);
    encoder.configuration().maxHeaderTableSize(tableBytes);
    for (int block = 0; block < 2_000; block++) {
      Http2Headers wanted = randomFields(random);
      ByteBuf encoded = Unpooled.buffer();
      encoder.encodeHeaders(1, wanted, encoded);
      var expected = new ArrayList<String>();
      expected.add(String.valueOf(wanted.path()));
      wanted.forEach(
          field -> {
            if (field.getKey().charAt(0) != ':') {
              expected.add(field.getKey() + ": " + field.getValue());
            }
          });
      assertThat(read(encoded)).as("block %d, seed %d", block, seed).isEqualTo(expected);
    }
  }

  private static Http2Headers randomFields(Random random) {
    Http2Headers fields = new DefaultHttp2Headers(false);
    fields.method("POST").scheme("https").path("/" + random.nextInt(20)).authority("a.example");
    for (int i = random.nextInt(12); i > 0; i--) {
      fields.add("x-" + "name".repeat(1 + random.nextInt(8)), value(random));
    }
    return fields.add("content-length", Integer.toString(random.nextInt(1 << random.nextInt(30))));
  }

  private static String value(Random random) {
    int length = random.nextInt(8) == 0 ? random.nextInt(600) : random.nextInt(6);
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(4 + random.nextInt(90))));
    }
    return text.toString();
  }

  @Test
  void decodesEverySymbol() throws Exception {
    Http2HeadersEncoder encoder =
        new DefaultHttp2HeadersEncoder((name, value) -> true, false, 16, 0);
    for (int symbol = 0; symbol < 256; symbol++) {
      byte[] value = "00000000000000000000?".getBytes(US_ASCII); // short in the code
      value[20] = (byte) symbol;
      ByteBuf block = Unpooled.buffer();
      encoder.encodeHeaders(
          1, new DefaultHttp2Headers(false).add("x", new AsciiString(value)), block);
      block.skipBytes(3); // a literal that is never kept, and its name
      int length = block.readUnsignedByte() & 0x7f;
      byte[] coded = new byte[length];
      block.readBytes(coded);
      byte[] decoded = new byte[Http2Huffman.mostDecoded(length)];
      assertThat(Http2Huffman.decode(coded, 0, length, decoded, 0)).isEqualTo(value.length);
      assertThat(decoded).startsWith(value);
    }
  }

  // ---- what must not be

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80", // no field has number 0
        "be", // none was sent yet
        "ff 8080 8080 8000", // an integer that says nothing for too long
        "ff ff", // and one without end
        "7f", // the same for a name
        "00", // no name
        "00 01", // a name longer than the block
        "00 01 61", // no value
        "00 01 61 05 61", // a value longer than the block
        "00 01 61 84 ffff ffff", // the code of the end of a string
        "00 01 61 82 1fff", // padding of more than 7 bits
        "00 01 61 81 18", // padding of zeros
        "3f e21f", // a table of 4 097 bytes
        "82 20", // a change of its size behind a field
      })
  void refusesWhatIsNoFieldBlock(String hex) {
    assertRefused(hex);
  }

  @Test
  void forgetsTheOldestFieldsWhereTableIsFull() throws Http2Exception {
    read("3f 0b 40 01 61 01 62 40 01 63 01 64"); // a table of 42 bytes, two fields of 34
    assertThat(read("be")).containsExactly("", "c: d");
    assertRefused("bf");
  }

  @Test
  void keepsNothingOfFieldThatIsLargerThanTable() throws Http2Exception {
    read("3f 03 40 01 61 01 62"); // a table of 34 bytes, and a field of 34
    assertThat(read("be")).containsExactly("", "a: b");
    assertThat(read("40 01 61 02 62 62")).containsExactly("", "a: bb");
    assertRefused("be");
  }

  @Test
  void demandsThatPeerConfirmsSmallerTable() throws Http2Exception {
    table.maxHeaderTableSize(100);
    assertRefused("82");
    assertThat(read("3f 45 82")).containsExactly(""); // 100 bytes
    assertThat(read("82")).containsExactly("");
  }

  @Test
  void readsListThatIsTooLargeToItsEnd() throws Http2Exception {
    table.maxHeaderListSize(100, 125);
    ByteBuf block = Unpooled.buffer();
    block.writeByte(0x40).writeByte(1).writeByte('a').writeByte(60);
    block.writeBytes("v".repeat(60).getBytes(US_ASCII)); // 93 bytes
    block.writeByte(0x40).writeByte(1).writeByte('b').writeByte(1).writeByte('c');
    assertThat(read(block)).hasSize(2);
    assertThat(reader.isTooLarge()).isTrue();
    assertThat(read("be")).containsExactly("", "b: c"); // it was kept all the same
    assertThat(reader.isTooLarge()).isFalse();
  }

  @Test
  void countsEveryMentionOfFieldThatIsKept() throws Http2Exception {
    ByteBuf bomb = Unpooled.buffer();
    bomb.writeByte(0x40).writeByte(1).writeByte('a').writeByte(0x7f).writeByte(0xa1).writeByte(30);
    bomb.writeBytes("v".repeat(4_000).getBytes(US_ASCII));
    bomb.writeBytes(HexFormat.of().parseHex("be".repeat(10_000))); // 40 MB, if they were written
    read(bomb);
    assertThat(reader.isTooLarge()).isTrue();
    assertThat(head.length()).isLessThan(MAX_LIST);
  }
}
