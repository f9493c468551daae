package io.fairlead.router.replay;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The results of several policies side by side, as text. */
public final class ReplayTable {
  private ReplayTable() {}

  /** Returns a table with a line for each of {@code results}. */
  public static String of(List<PolicyResult> results, Duration patience) {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-10s %13s %5s %9s %9s %8s %9s %4s %5s%n",
            "policy",
            "replica-secs",
            "most",
            "served",
            ">" + patience.toMillis() + "ms",
            "refused",
            "p99 wait",
            "ups",
            "downs"));
    for (PolicyResult result : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-10s %13d %5d %9d %9d %8d %6d ms %4d %5d%n",
              result.policy().name(),
              result.podSeconds(),
              result.most(),
              result.served(),
              result.waitedLonger(),
              result.refused(),
              result.waitMillis(),
              result.ups(),
              result.downs()));
    }
    return text.toString();
  }
}
