package io.fairlead.router.replay;

import java.util.List;
import java.util.Locale;

/**
 * The same as a picture: for each policy, replicas ordered and ready over what is asked of them.
 */
public final class ReplayPlot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 130;
  private static final int LEFT = 60;
  private static final int TOP = 24;

  private ReplayPlot() {}

  /** Returns an SVG document. */
  public static String svg(List<PolicyResult> results) {
    int rows = results.size();
    var svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n",
            LEFT + WIDTH + 20,
            rows * (HEIGHT + TOP + 10) + 20));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    int top = 10;
    for (PolicyResult result : results) {
      row(svg, result, top);
      top += HEIGHT + TOP + 10;
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(StringBuilder svg, PolicyResult result, int top) {
    int highest = Math.max(1, result.most());
    int base = top + TOP + HEIGHT;
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\"><tspan font-weight=\"bold\">%s</tspan>: %d replica-seconds, %d"
                + " refused, p99 wait %d ms; <tspan fill=\"#c60\">ordered</tspan>, <tspan"
                + " fill=\"#06c\">ready</tspan>, <tspan fill=\"#888\">slots asked for</tspan></text>%n",
            LEFT,
            top + 14,
            result.policy().name(),
            result.podSeconds(),
            result.refused(),
            result.waitMillis()));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"4\" y=\"%d\">%d</text><text x=\"4\" y=\"%d\">0</text>%n",
            top + TOP + 10,
            highest,
            base));
    line(svg, result, base, highest, "#bbb", Series.ASKED);
    line(svg, result, base, highest, "#c60", Series.ORDERED);
    line(svg, result, base, highest, "#06c", Series.READY);
  }

  private enum Series {
    ASKED,
    ORDERED,
    READY
  }

  private static int value(PolicyResult.Moment moment, Series series) {
    return switch (series) {
      case ASKED -> moment.inFlight() + moment.queued();
      case ORDERED -> moment.ordered();
      case READY -> moment.ready();
    };
  }

  private static void line(
      StringBuilder svg, PolicyResult result, int base, int highest, String color, Series series) {
    List<PolicyResult.Moment> course = result.course();
    svg.append("<polyline fill=\"none\" stroke=\"").append(color).append("\" points=\"");
    int every = Math.max(1, course.size() / WIDTH);
    for (int i = 0; i < course.size(); i += every) {
      int x = LEFT + (int) ((long) i * WIDTH / course.size());
      int y = base - Math.min(HEIGHT, value(course.get(i), series) * HEIGHT / highest);
      svg.append(x).append(',').append(y).append(' ');
    }
    svg.append("\"/>\n");
  }
}
