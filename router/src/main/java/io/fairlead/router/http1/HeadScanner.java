package io.fairlead.router.http1;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.ListField;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What the scanners of heads and of trailers share: lines and fields, strictly as RFC 9112 2.2 and
 * 5 have them, and kept apart from how the bytes were split.
 *
 * <p>Bytes are copied out of the buffer in small steps into the head's array, where they stay; what
 * a step took beyond the end is given back. Each byte is looked at once, however it arrives: a line
 * is searched for its end from where the search had stopped. The verdict on a line falls when its
 * end is seen, that on its size as soon as it is too long, in that order of bytes.
 *
 * <pre>
 *   IDLE --first byte--> FIRST_LINE --a line--> FIELDS --empty line--> IDLE, with DONE
 *   any --fault--> REFUSED, until reset
 * </pre>
 */
abstract sealed class HeadScanner permits RequestScanner, ResponseScanner, TrailerScanner {
  private enum State {
    IDLE,
    FIRST_LINE,
    FIELDS,
    REFUSED
  }

  /** Most heads fit; of a large body no more than this is copied in vain. */
  private static final int STEP = 1_024;

  private static final int MAX_CONNECTION_OPTIONS = 32;

  private final int maxFirstLine;
  private final int maxHead;
  private final int maxField;
  private final int maxFields;

  private State state = State.IDLE;
  private int line;
  private int searched;
  private @Nullable Fault fault;

  HeadScanner(int maxFirstLine, int maxHead, int maxField, int maxFields) {
    this.maxFirstLine = maxFirstLine;
    this.maxHead = maxHead;
    this.maxField = maxField;
    this.maxFields = maxFields;
  }

  /** Takes the first line, {@code [from, to)} without its end; returns its fault, or null. */
  abstract @Nullable Fault firstLine(Head head, int from, int to);

  /** Takes the head as a whole, all fields known; returns its fault, or null. */
  abstract @Nullable Fault complete(Head head);

  /** Returns whether there is no first line: fields begin at once. */
  abstract boolean beginsWithFields();

  /** Returns whether an empty line may stand before the first one (RFC 9112 2.2). */
  abstract boolean skipsEmptyLine();

  /** Returns the fault of a line, or a head, beyond its bound. */
  abstract Fault tooLarge(boolean firstLine);

  /** Returns the fault of more fields than allowed. */
  Fault tooManyFields() {
    return Fault.TOO_MANY_FIELDS;
  }

  /** Returns what was wrong with the head; only after {@link Progress#REFUSED}. */
  final Fault fault() {
    return requireNonNull(fault, "not refused");
  }

  /** Forgets the head in progress, and a refusal. */
  public final void reset() {
    state = State.IDLE;
    fault = null;
  }

  /**
   * Returns whether a part of a head has come, and not yet all of it. An empty line before a
   * request is no part of it.
   */
  public final boolean started() {
    return state == State.FIELDS || (state == State.FIRST_LINE && searched > line);
  }

  final Progress advance(ByteBuf in, Head head) {
    if (state == State.IDLE && in.isReadable()) {
      head.reset();
      line = 0;
      searched = 0;
      state = beginsWithFields() ? State.FIELDS : State.FIRST_LINE;
    }
    while (state != State.REFUSED && in.isReadable()) {
      int count = Math.min(STEP, in.readableBytes());
      int length = head.length();
      in.readBytes(head.reserve(count), length, count);
      head.length(length + count);
      if (lines(head)) {
        in.readerIndex(in.readerIndex() - (head.length() - line));
        head.length(line);
        fault = complete(head);
        state = fault == null ? State.IDLE : State.REFUSED;
        return fault == null ? Progress.DONE : Progress.REFUSED;
      }
    }
    return state == State.REFUSED ? Progress.REFUSED : Progress.MORE;
  }

  /** Takes all complete lines; returns whether the empty line that ends the head was among them. */
  private boolean lines(Head head) {
    byte[] b = head.bytes();
    int limit = head.length();
    while (true) {
      int max = state == State.FIELDS ? maxField : maxFirstLine;
      int stop = lineStop(b, searched, limit);
      if (stop - line > max || stop > maxHead) {
        return refuse(tooLarge(state == State.FIRST_LINE));
      }
      searched = stop;
      if (stop == limit) {
        return false;
      }
      if (b[stop] != '\r') {
        return refuse(Fault.CONTROL);
      }
      if (stop + 1 == limit) {
        return false;
      }
      if (b[stop + 1] != '\n') {
        return refuse(Fault.BARE_CR);
      }
      int from = line;
      line = searched = stop + 2;
      if (from == stop && state == State.FIELDS) {
        return true;
      }
      Fault wrong = from == stop && from == 0 && skipsEmptyLine() ? null : line(head, from, stop);
      if (wrong != null) {
        return refuse(wrong);
      }
    }
  }

  private static int lineStop(byte[] b, int from, int limit) {
    int stop = Ascii.indexOfControl(b, from, limit);
    while (stop < limit && b[stop] == '\t') {
      stop = Ascii.indexOfControl(b, stop + 1, limit);
    }
    return stop;
  }

  private boolean refuse(Fault wrong) {
    fault = wrong;
    state = State.REFUSED;
    return false;
  }

  private @Nullable Fault line(Head head, int from, int to) {
    if (state == State.FIELDS) {
      return field(head, from, to);
    }
    state = State.FIELDS;
    return firstLine(head, from, to);
  }

  private @Nullable Fault field(Head head, int from, int to) {
    byte[] b = head.bytes();
    int colon = from;
    while (colon < to && Ascii.isToken(b[colon])) {
      colon++;
    }
    if (colon == from || colon == to || b[colon] != ':') {
      return badName(b, from, colon, to);
    }
    if (head.fields() == maxFields) {
      return tooManyFields();
    }
    int valueStart = ListField.skipBlanks(b, colon + 1, to);
    int valueEnd = ListField.trimBlanks(b, valueStart, to);
    head.addField(FieldId.of(b, from, colon), from, colon, valueStart, valueEnd);
    return null;
  }

  private static Fault badName(byte[] b, int from, int nameEnd, int to) {
    if (Ascii.isBlank(b[from])) {
      return Fault.OBS_FOLD;
    }
    boolean blank = nameEnd < to && Ascii.isBlank(b[nameEnd]);
    return blank ? Fault.SPACE_BEFORE_COLON : Fault.FIELD_NAME;
  }

  /** Sets whether the connection ends after this message (RFC 9112 9.3). */
  static @Nullable Fault connection(Head head) {
    boolean persistent = head.minorVersion() > 0;
    if (head.has(FieldId.CONNECTION)) {
      // each option is looked for among all fields later: a bound keeps that cheap
      if (ListField.count(head, FieldId.CONNECTION) > MAX_CONNECTION_OPTIONS) {
        return Fault.TOO_MANY_OPTIONS;
      }
      persistent =
          !ListField.contains(head, FieldId.CONNECTION, "close")
              && (persistent || ListField.contains(head, FieldId.CONNECTION, "keep-alive"));
    }
    head.close(!persistent);
    return null;
  }
}
