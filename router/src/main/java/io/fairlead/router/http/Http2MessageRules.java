package io.fairlead.router.http;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import org.jspecify.annotations.Nullable;

/**
 * The rules that requests and responses over HTTP/2 share (RFC 9113 8.1 to 8.3), which no codec
 * holds for us.
 *
 * <p>Fields are given one by one, as they are decoded, and fill a {@link Head}; the first fault is
 * kept and told at the end. One object serves all streams of an event loop, one head at a time.
 */
public abstract sealed class Http2MessageRules implements Http2FieldRules
    permits Http2RequestRules, Http2ResponseRules {
  private final Http2Fields fields;
  private final Refusal misplaced;

  Head head = new Head();
  @Nullable Refusal refusal;
  private boolean takesPseudoHeaders;

  Http2MessageRules(Http2Fields fields, RouterError error) {
    this.fields = fields;
    this.misplaced =
        new Refusal(
            error, "pseudo-header: behind a field or in trailers (expected: before all fields)");
  }

  /** Begins a message, whose head fills {@code newHead}. */
  public final void begin(Head newHead) {
    begin(newHead, true);
  }

  /** Begins the trailers of a message, which fill {@code trailers}. */
  public final void beginTrailers(Head trailers) {
    begin(trailers, false);
  }

  void begin(Head newHead, boolean pseudoHeaders) {
    newHead.reset();
    fields.begin();
    head = newHead;
    takesPseudoHeaders = pseudoHeaders;
    refusal = null;
  }

  @Override
  public final void field(
      byte[] name, int nameOff, int nameLen, byte[] value, int valueOff, int valueLen) {
    if (refusal != null) {
      return;
    }
    refusal = fields.check(name, nameOff, nameLen, value, valueOff, valueLen);
    if (refusal != null) {
      return;
    }
    if (name[nameOff] != ':') {
      // RFC 9113 8.3: all pseudo-headers stand before the first field
      takesPseudoHeaders = false;
      refusal = fields.add(head, name, nameOff, nameLen, value, valueOff, valueLen);
    } else if (takesPseudoHeaders) {
      refusal = pseudoHeader(name, nameOff, nameOff + nameLen, value, valueOff, valueLen);
    } else {
      refusal = misplaced;
    }
  }

  /** Takes a pseudo-header where there may be one; returns its fault, or null. */
  abstract @Nullable Refusal pseudoHeader(
      byte[] name, int from, int to, byte[] value, int valueOff, int valueLen);

  /** Ends the trailers; returns why they are refused, or null. What may not be there is dropped. */
  public final @Nullable Refusal endTrailers() {
    if (refusal == null) {
      ForwardRules.trailers(head);
    }
    return refusal;
  }
}
