package io.fairlead.router.lease;

import io.fairlead.router.election.LeaseRecord;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A lease as the text of a file: a line for each of its parts, in this order. */
final class LeaseText {
  /** More is no lease. */
  static final int MAX_BYTES = 4_096;

  private static final String TITLE = "fairlead-lease: 1";
  private static final List<String> KEYS =
      List.of("holder", "durationMillis", "acquired", "renewed", "transitions", "others");

  private LeaseText() {}

  /** A text that is no lease; the message says where and what was expected. */
  static final class Garbled extends Exception {
    private static final long serialVersionUID = 1;

    Garbled(int line, String expected) {
      super("line " + line + " (expected: " + expected + ")");
    }
  }

  static String write(LeaseRecord record) {
    return TITLE
        + "\nholder: "
        + record.holder()
        + "\ndurationMillis: "
        + record.duration().toMillis()
        + "\nacquired: "
        + record.acquired()
        + "\nrenewed: "
        + record.renewed()
        + "\ntransitions: "
        + record.transitions()
        + "\nothers: "
        + record.others()
        + "\n";
  }

  static LeaseRecord read(String text) throws Garbled {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(TITLE)) {
      throw new Garbled(1, TITLE);
    }
    // the last line is whole: there is nothing behind it
    if (lines.length != KEYS.size() + 2 || !lines[KEYS.size() + 1].isEmpty()) {
      throw new Garbled(Math.min(lines.length, KEYS.size() + 2), KEYS.size() + 1 + " whole lines");
    }
    return new LeaseRecord(
        value(lines, 1, "[!-~]{0," + LeaseRecord.MAX_HOLDER + "}", "a name"),
        Duration.ofMillis(number(lines, 2)),
        time(lines, 3),
        time(lines, 4),
        number(lines, 5),
        Boolean.parseBoolean(value(lines, 6, "true|false", "true or false")));
  }

  private static String value(String[] lines, int line, String pattern, String expected)
      throws Garbled {
    String prefix = KEYS.get(line - 1) + ": ";
    String text = lines[line];
    if (!text.startsWith(prefix) || !text.substring(prefix.length()).matches(pattern)) {
      throw new Garbled(line + 1, prefix + expected);
    }
    return text.substring(prefix.length());
  }

  private static long number(String[] lines, int line) throws Garbled {
    String expected = "0 to " + Integer.MAX_VALUE;
    long value = Long.parseLong(value(lines, line, "[0-9]{1,10}", expected));
    if (value > Integer.MAX_VALUE) {
      throw new Garbled(line + 1, KEYS.get(line - 1) + ": " + expected);
    }
    return value;
  }

  private static Instant time(String[] lines, int line) throws Garbled {
    String expected = "a time such as 2026-11-01T00:00:00Z";
    try {
      return Instant.parse(value(lines, line, "[-+.:0-9TZ]{1,40}", expected));
    } catch (DateTimeException e) {
      throw new Garbled(line + 1, KEYS.get(line - 1) + ": " + expected);
    }
  }
}
