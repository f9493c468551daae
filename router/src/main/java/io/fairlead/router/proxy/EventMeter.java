package io.fairlead.router.proxy;

import io.fairlead.router.control.RequestRecorder;
import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.netty.buffer.ByteBuf;

/** Tells the meters of a response that streams: its first byte, and its events if it has any. */
final class EventMeter {
  private final EventScanner scanner = new EventScanner();
  private boolean on;
  private int ordinal;
  private long lastNanos;

  /** A response has begun, so long after its request was complete. */
  void begin(
      Head head, boolean streams, int newOrdinal, long firstByteNanos, RequestRecorder recorder) {
    on = streams && isEventStream(head);
    if (streams) {
      recorder.streaming(newOrdinal, firstByteNanos);
    }
    if (on) {
      ordinal = newOrdinal;
      lastNanos = -1;
      scanner.begin();
    }
  }

  /** What is compressed cannot be read in passing. */
  private static boolean isEventStream(Head head) {
    int type = head.find(FieldId.CONTENT_TYPE);
    if (type < 0
        || !Ascii.startsWith(
            head.bytes(), head.valueStart(type), head.valueEnd(type), "text/event-stream")) {
      return false;
    }
    for (int i = 0; i < head.fields(); i++) {
      if (Ascii.is(head.bytes(), head.nameStart(i), head.nameEnd(i), "content-encoding")) {
        return false;
      }
    }
    return true;
  }

  /** The next {@code count} bytes of the body pass by; they are not consumed. */
  void pass(ByteBuf in, int count, long now, RequestRecorder recorder) {
    if (!on || count == 0) {
      return;
    }
    int events = scanner.scan(in, count);
    if (events > 0) {
      recorder.events(ordinal, events, lastNanos < 0 ? -1 : now - lastNanos);
      lastNanos = now;
    }
  }
}
