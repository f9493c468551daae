package io.fairlead.router.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ScannerTest {
  private final RequestScanner scanner = new RequestScanner(Limits.Head.DEFAULT);
  private final Head head = new Head();

  @Test
  void stopsJustBehindTheHead() {
    ByteBuf in =
        bytes("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\n" + "x".repeat(70_000));

    assertThat(scanner.scan(in, head)).isEqualTo(Progress.DONE);
    assertThat(in.readableBytes()).isEqualTo(70_000);
    assertThat(head.bytes().length).as("copied of the body").isLessThan(4_096);
  }

  @Test
  void scansPipelinedRequestsOneByOne() {
    String first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
    ByteBuf in = bytes(first + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(scanner.scan(in, head)).isEqualTo(Progress.DONE);
    assertThat(in.readerIndex()).isEqualTo(first.length());
    assertThat(scanner.scan(in, head)).isEqualTo(Progress.DONE);
    assertThat(head.text(head.pathStart(), head.pathEnd())).isEqualTo("/2");
    assertThat(in.isReadable()).isFalse();
  }

  @Test
  void leavesTheHeadAloneUntilAByteOfTheNextComes() {
    scanner.scan(bytes("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"), head);

    assertThat(scanner.scan(Unpooled.EMPTY_BUFFER, head)).isEqualTo(Progress.MORE);
    assertThat(head.fields()).isEqualTo(1);
  }

  @Test
  void saysWhetherAHeadHasStarted() {
    assertThat(scanner.started()).isFalse();
    scanner.scan(bytes("\r"), head);
    assertThat(scanner.started()).as("after CR").isFalse();
    scanner.scan(bytes("\n"), head);
    assertThat(scanner.started()).as("after an empty line").isFalse();
    scanner.scan(bytes("G"), head);
    assertThat(scanner.started()).as("after a letter").isTrue();
    scanner.scan(bytes("ET / HTTP/1.1\r\n"), head);
    assertThat(scanner.started()).as("within the fields").isTrue();
    scanner.scan(bytes("Host: h\r\n\r\n"), head);
    assertThat(scanner.started()).as("after the head").isFalse();
  }

  @Test
  void staysRefusedUntilReset() {
    assertThat(scanner.scan(bytes("\0"), head)).isEqualTo(Progress.REFUSED);
    ByteBuf good = bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(scanner.scan(good, head)).isEqualTo(Progress.REFUSED);
    assertThat(good.readerIndex()).isZero();
    scanner.reset();
    assertThat(scanner.scan(good, head)).isEqualTo(Progress.DONE);
  }

  @Test
  void resetForgetsAPartOfAHead() {
    scanner.scan(bytes("GET / HTTP/1.1\r\nHo"), head);
    scanner.reset();

    assertThat(scanner.started()).isFalse();
    assertThat(scanner.scan(bytes("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"), head))
        .isEqualTo(Progress.DONE);
  }

  @Test
  void hasNoRefusalWithoutAFault() {
    assertThatThrownBy(scanner::refusal).isInstanceOf(NullPointerException.class);
  }

  @Test
  void numbersTheFields() {
    scanner.scan(
        bytes("GET / HTTP/1.1\r\nHOST: h\r\nx-Request-Id:\t1 \r\nX-Other: 2\r\n\r\n"), head);

    assertThat(head.find(FieldId.HOST)).isZero();
    assertThat(head.find(FieldId.X_REQUEST_ID)).isEqualTo(1);
    assertThat(head.value(1)).isEqualTo("1");
    assertThat(head.id(2)).isEqualTo(FieldId.OTHER);
    assertThat(head.has(FieldId.EXPECT)).isFalse();
  }

  @Test
  void aLargeHeadDoesNotKeepItsArray() {
    scanner.scan(bytes("GET / HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(30_000) + "\r\n\r\n"), head);
    head.reset();

    assertThat(head.bytes().length).isLessThanOrEqualTo(16_384);
  }

  @Test
  void blamesTheModelForItsResponse() {
    ResponseScanner responses = new ResponseScanner(Limits.Head.DEFAULT);

    assertThat(responses.scan(bytes("HTTP/1.1 200 OK\n"), head, Method.GET))
        .isEqualTo(Progress.REFUSED);
    assertThat(responses.refusal().error()).isEqualTo(RouterError.UPSTREAM_PROTOCOL_ERROR);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
  }
}
