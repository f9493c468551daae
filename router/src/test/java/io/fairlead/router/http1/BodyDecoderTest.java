package io.fairlead.router.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.Limits;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class BodyDecoderTest {
  private final BodyDecoder decoder = BodyDecoder.ofRequests(Limits.Body.DEFAULT);

  @Test
  void isDoneAtOnceWithoutContent() {
    decoder.start(Head.Framing.NONE, -1);
    assertThat(decoder.isDone()).isTrue();
    decoder.start(Head.Framing.NONE, 5);
    assertThat(decoder.isDone()).as("response to HEAD").isTrue();
    decoder.start(Head.Framing.LENGTH, 0);
    assertThat(decoder.isDone()).isTrue();
    assertThat(decoder.ready(bytes("GET"))).isZero();
  }

  @Test
  void givesNoMoreThanTheLength() {
    decoder.start(Head.Framing.LENGTH, 5);
    ByteBuf in = bytes("helloGET");

    assertThat(decoder.ready(in)).isEqualTo(5);
    take(in, 2);
    assertThat(decoder.isDone()).isFalse();
    assertThat(decoder.endOfInput()).isFalse();
    assertThat(decoder.ready(in)).isEqualTo(3);
    take(in, 3);
    assertThat(decoder.isDone()).isTrue();
    assertThat(decoder.endOfInput()).isTrue();
    assertThat(decoder.ready(in)).isZero();
    assertThat(in.toString(ISO_8859_1)).isEqualTo("GET");
  }

  @Test
  void endsWithTheConnectionIfSaidSo() {
    decoder.start(Head.Framing.UNTIL_END, -1);
    ByteBuf in = bytes("hello");

    assertThat(decoder.ready(in)).isEqualTo(5);
    take(in, 5);
    assertThat(decoder.isDone()).isFalse();
    assertThat(decoder.endOfInput()).isTrue();
  }

  @Test
  void doesNotEndWithTheConnectionWithinChunks() {
    decoder.start(Head.Framing.CHUNKED, -1);
    ByteBuf in = bytes("5\r\nhello\r\n0\r\n");
    take(in, decoder.ready(in));

    assertThat(decoder.ready(in)).isZero();
    assertThat(decoder.isDone()).isFalse();
    assertThat(decoder.endOfInput()).isFalse();
    assertThat(decoder.ready(bytes("\r\n"))).isZero();
    assertThat(decoder.isDone()).isTrue();
  }

  @Test
  void isDoneOnlyAfterTheLastByteOfFraming() {
    decoder.start(Head.Framing.CHUNKED, -1);
    ByteBuf in = bytes("1\r\nx\r\n0\r\n\r\n");
    take(in, decoder.ready(in));

    assertThat(decoder.isDone()).as("content taken").isFalse();
    decoder.ready(in);
    assertThat(decoder.isDone()).isTrue();
  }

  @Test
  void holdsAChunkLargerThanAnInt() {
    decoder.start(Head.Framing.CHUNKED, -1);
    ByteBuf in = bytes("1ffffffff\r\nhello");

    assertThat(decoder.ready(in)).isEqualTo(5);
  }

  @Test
  void refusesToBeToldMoreThanWasReady() {
    decoder.start(Head.Framing.LENGTH, 5);

    assertThatThrownBy(() -> decoder.taken(6)).hasMessage("taken: 6 (expected: 0 to 5)");
  }

  @Test
  void startsAnewAfterARefusalWithinTrailers() {
    decoder.start(Head.Framing.CHUNKED, -1);
    decoder.ready(bytes("0\r\na: 1\r\n b"));
    decoder.ready(bytes("\r\n"));
    assertThat(requireNonNull(decoder.refusal()).error()).isEqualTo(RouterError.BAD_REQUEST);
    assertThat(decoder.isDone()).isFalse();

    decoder.start(Head.Framing.CHUNKED, -1);
    assertThat(decoder.refusal()).isNull();
    decoder.ready(bytes("0\r\nb: 2\r\n\r\n"));
    assertThat(decoder.isDone()).isTrue();
    assertThat(decoder.trailers().fields()).isEqualTo(1);

    decoder.start(Head.Framing.CHUNKED, -1);
    decoder.ready(bytes("0\r\n\r\n"));
    assertThat(decoder.trailers().fields()).as("of the body before").isZero();
  }

  @Test
  void blamesTheModelForAResponse() {
    BodyDecoder responses = BodyDecoder.ofResponses(Limits.Body.DEFAULT);
    responses.start(Head.Framing.CHUNKED, -1);
    responses.ready(bytes("x"));

    assertThat(requireNonNull(responses.refusal()).error())
        .isEqualTo(RouterError.UPSTREAM_PROTOCOL_ERROR);
  }

  private void take(ByteBuf in, int n) {
    in.skipBytes(n);
    decoder.taken(n);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
  }
}
