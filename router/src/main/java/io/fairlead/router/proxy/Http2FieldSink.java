package io.fairlead.router.proxy;

import io.fairlead.router.http.Http2RequestRules;
import io.fairlead.router.model.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.util.AsciiString;

/**
 * Where decoded fields go: straight on to the rules, which fill the head of a request. To the codec
 * it looks like a map of fields, one that stays empty.
 *
 * <p>One serves all connections of a loop, as a block is decoded in one go.
 */
final class Http2FieldSink extends DefaultHttp2Headers {
  final Http2RequestRules rules;
  private boolean tooLarge;

  Http2FieldSink(Limits.Head limits) {
    super(false);
    this.rules = new Http2RequestRules(limits);
  }

  @Override
  public Http2Headers add(CharSequence name, CharSequence value) {
    AsciiString n = AsciiString.of(name);
    AsciiString v = AsciiString.of(value);
    rules.field(n.array(), n.arrayOffset(), n.length(), v.array(), v.arrayOffset(), v.length());
    return this;
  }

  /** Returns whether the last block had more than the peer was told to send (431). */
  boolean isTooLarge() {
    return tooLarge;
  }

  /** Makes the decoder of one connection, whose fields come here. */
  Http2HeadersDecoder newDecoder(int maxHeaderListBytes) {
    return new Decoder(maxHeaderListBytes);
  }

  private final class Decoder extends DefaultHttp2HeadersDecoder {
    Decoder(int maxHeaderListBytes) {
      super(false, maxHeaderListBytes);
    }

    @Override
    protected Http2Headers newHeaders() {
      return Http2FieldSink.this;
    }

    /** A list that is too large is decoded to its end, so the connection can go on. */
    @Override
    public Http2Headers decodeHeaders(int stream, ByteBuf block) throws Http2Exception {
      tooLarge = false;
      try {
        return super.decodeHeaders(stream, block);
      } catch (HeaderListSizeException e) {
        tooLarge = true;
        return Http2FieldSink.this;
      }
    }
  }
}
