package io.fairlead.router.http1;

import io.fairlead.router.http.Head;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The scanner of the trailer section behind the last chunk (RFC 9112 7.1.2). */
final class TrailerScanner extends HeadScanner {
  private static final int MAX_FIELDS = 64;

  TrailerScanner(int maxBytes) {
    super(maxBytes, maxBytes, maxBytes, MAX_FIELDS);
  }

  Progress scan(ByteBuf in, Head trailers) {
    return advance(in, trailers);
  }

  @Override
  boolean beginsWithFields() {
    return true;
  }

  @Override
  boolean skipsEmptyLine() {
    return false;
  }

  @Override
  Fault tooLarge(boolean firstLine) {
    return Fault.TRAILERS_TOO_LARGE;
  }

  @Override
  Fault tooManyFields() {
    return Fault.TRAILERS_TOO_LARGE;
  }

  @Override
  @Nullable Fault firstLine(Head head, int from, int to) {
    throw new IllegalStateException("trailers have no first line");
  }

  @Override
  @Nullable Fault complete(Head head) {
    return null;
  }
}
