package io.fairlead.router.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * Counts the events of an event stream as its bytes pass by, however they are split: an event ends
 * with an empty line, and is one if a line before it was a {@code data} field (WHATWG HTML, 9.2.6).
 * Comments alone, as some servers send to keep a connection open, are none.
 */
final class EventScanner implements ByteProcessor {
  private static final String DATA = "data";

  /** What the line so far cannot be any more, or is already. */
  private static final int OTHER = -1;

  private static final int IS_DATA = DATA.length() + 1;

  private int matched; // of "data" in this line
  private boolean emptyLine;
  private boolean hasData;
  private boolean afterCr;
  private int events;

  /** Begins a new stream. */
  void begin() {
    hasData = false;
    afterCr = false;
    beginLine();
  }

  private void beginLine() {
    matched = 0;
    emptyLine = true;
  }

  /** Looks at the next {@code count} bytes of {@code in}; returns how many events end in them. */
  int scan(ByteBuf in, int count) {
    events = 0;
    in.forEachByte(in.readerIndex(), count, this);
    return events;
  }

  @Override
  public boolean process(byte b) {
    if (b == '\n' && afterCr) {
      afterCr = false; // CR LF ends one line, not two
      return true;
    }
    afterCr = b == '\r';
    if (afterCr || b == '\n') {
      endLine();
    } else {
      emptyLine = false;
      if (matched < DATA.length() && matched != OTHER) {
        matched = b == DATA.charAt(matched) ? matched + 1 : OTHER;
      } else if (matched == DATA.length()) {
        matched = b == ':' ? IS_DATA : OTHER;
      }
    }
    return true;
  }

  private void endLine() {
    if (emptyLine) {
      events += hasData ? 1 : 0;
      hasData = false;
    } else {
      hasData |= matched >= DATA.length();
    }
    beginLine();
  }
}
