package io.fairlead.router.replay;

import java.util.ArrayList;
import java.util.List;

/**
 * A load over time, as lines of {@code second,arrivals,model_ms}: from that second on, to that of
 * the next line, so many requests arrive in each second, and a model takes so long for one on
 * average. The last line holds for one second. Lines that begin with {@code #} are comments.
 *
 * @param lines in the order of their seconds, the first of which is 0
 */
public record Trace(List<Line> lines) {
  /** The first line of a file. */
  public static final String HEADER = "second,arrivals,model_ms";

  private static final int MOST_SECONDS = 7 * 24 * 3600;
  private static final int MOST_ARRIVALS = 100_000;
  private static final int MOST_MILLIS = 300_000;
  private static final long MOST_REQUESTS = 20_000_000;

  /** What holds from one second on. */
  public record Line(int second, int arrivals, int modelMillis) {}

  public Trace {
    lines = List.copyOf(lines);
  }

  /**
   * Reads the text of a file.
   *
   * @param name of the file, for messages
   */
  public static Trace parse(String name, String text) throws BadTrace {
    List<Line> lines = new ArrayList<>();
    boolean header = false;
    long requests = 0;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String place = name + ":" + number + ": ";
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (!header) {
        header = true;
        require(line.strip().equals(HEADER), place + shown(line), HEADER);
        continue;
      }
      Line next = line(place, line);
      if (lines.isEmpty()) {
        require(next.second == 0, place + "second " + next.second, "0 first");
      } else {
        Line last = lines.getLast();
        require(
            next.second > last.second, place + "second " + next.second, "more than " + last.second);
        requests += (long) last.arrivals * (next.second - last.second);
      }
      lines.add(next);
      require(
          requests + next.arrivals <= MOST_REQUESTS,
          place + "more requests",
          MOST_REQUESTS + " in all at most");
    }
    require(!lines.isEmpty(), name + ": no line of a load", HEADER + " and lines of numbers");
    return new Trace(lines);
  }

  private static Line line(String place, String text) throws BadTrace {
    String[] fields = text.strip().split(",", -1);
    require(fields.length == 3, place + shown(text), HEADER);
    return new Line(
        whole(place + "second", fields[0], 0, MOST_SECONDS),
        whole(place + "arrivals", fields[1], 0, MOST_ARRIVALS),
        whole(place + "model_ms", fields[2], 1, MOST_MILLIS));
  }

  private static int whole(String what, String text, int least, int most) throws BadTrace {
    int value = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    require(
        value >= least && value <= most,
        what + ": " + shown(text),
        "a whole number, " + least + " to " + most);
    return value;
  }

  private static void require(boolean holds, String found, String expected) throws BadTrace {
    if (!holds) {
      throw new BadTrace(found + " (expected: " + expected + ")");
    }
  }

  private static String shown(String text) {
    String cut = text.length() > 64 ? text.substring(0, 64) + "..." : text;
    return cut.replaceAll("[^ -~]", "?");
  }

  /** Returns how many seconds it lasts. */
  public int seconds() {
    return lines.getLast().second + 1;
  }
}
