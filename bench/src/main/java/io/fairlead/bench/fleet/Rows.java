package io.fairlead.bench.fleet;

import java.io.PrintStream;
import java.util.Locale;

/** The table of targets, row by row as they are measured. */
final class Rows {
  private final PrintStream out;
  private boolean missed;

  Rows(PrintStream out) {
    this.out = out;
    out.println("| what | measured | must | aim | |");
    out.println("|---|---|---|---|---|");
  }

  /**
   * Adds a row.
   *
   * @param lessIsBetter whether {@code must} and {@code aim} are the most, not the least
   */
  void add(
      String what, double measured, String unit, double must, double aim, boolean lessIsBetter) {
    double sign = lessIsBetter ? 1 : -1;
    String verdict =
        sign * measured <= sign * aim ? "aim" : sign * measured <= sign * must ? "must" : "missed";
    missed |= verdict.equals("missed");
    out.printf(
        Locale.ROOT,
        "| %s | %.4g%s | %.4g%s | %.4g%s | %s |%n",
        what,
        measured,
        unit,
        must,
        unit,
        aim,
        unit,
        verdict);
    out.flush();
  }

  /** Adds what is beside the targets. */
  void note(String text) {
    out.println("| " + text + " | | | | |");
    out.flush();
  }

  boolean isAnyMissed() {
    return missed;
  }
}
