package io.fairlead.router.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cases of one file of rules: lines of {@code expected | bytes}, or with a given fact in the
 * middle, under headings that begin with {@code #}; lines that begin with {@code ;} are remarks.
 *
 * <p>Notation: {@code ¶} is CRLF; {@code \r \n \t \0 \s} (space) and {@code \xNN} are single bytes;
 * <code>{text*n}</code> is the text n times.
 */
final class RuleTable {
  /** One line; {@code given} is empty if it has two columns only. */
  record Case(String rule, String where, String expected, String given, String bytes) {
    /** Returns the bytes on the wire. */
    byte[] wire() {
      return unescape(expand(bytes).replace("¶", "\r\n"));
    }

    /** Returns the expected tokens. */
    List<String> tokens() {
      return List.of(expand(expected).split(" ")).stream()
          .map(token -> new String(unescape(token), ISO_8859_1))
          .toList();
    }

    @Override
    public String toString() {
      String text = given.isEmpty() ? bytes : given + " " + bytes;
      return where + " " + expected + " | " + text;
    }
  }

  private static final Pattern REPEATED = Pattern.compile("\\{([^{}]*)\\*(\\d+)}");

  private RuleTable() {}

  /** Returns the cases of a file beside this class. */
  static List<Case> read(String file) {
    List<Case> cases = new ArrayList<>();
    String rule = "";
    int number = 0;
    for (String line : text(file).split("\n", -1)) {
      number++;
      if (line.startsWith("#")) {
        rule = line.substring(1).strip();
      } else if (!line.startsWith(";") && !line.isBlank()) {
        String[] columns = line.split(" \\| ", 3);
        String given = columns.length == 3 ? columns[1] : "";
        String where = file + ":" + number;
        cases.add(new Case(rule, where, columns[0], given, columns[columns.length - 1]));
      }
    }
    return cases;
  }

  static String expand(String text) {
    return REPEATED
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(m.group(1).repeat(Integer.parseInt(m.group(2)))));
  }

  static byte[] unescape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      int escaped = "rnt0s".indexOf(next);
      if (next == 'x') {
        out.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else if (next != ' ' && escaped >= 0) {
        out.append("\r\n\t\0 ".charAt(escaped));
        i++;
      } else {
        out.append(c);
      }
    }
    return out.toString().getBytes(ISO_8859_1);
  }

  private static String text(String file) {
    try (InputStream in = RuleTable.class.getResourceAsStream(file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
