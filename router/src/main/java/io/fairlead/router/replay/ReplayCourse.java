package io.fairlead.router.replay;

import java.util.List;

/** How replicas and queue went over time, second by second, for programs. */
public final class ReplayCourse {
  private ReplayCourse() {}

  /** Returns CSV with a line for each second of each of {@code results}. */
  public static String csv(List<PolicyResult> results) {
    var text = new StringBuilder("policy,second,ordered,ready,in_flight,queued\n");
    for (PolicyResult result : results) {
      for (PolicyResult.Moment moment : result.course()) {
        text.append(result.policy().name())
            .append(',')
            .append(moment.second())
            .append(',')
            .append(moment.ordered())
            .append(',')
            .append(moment.ready())
            .append(',')
            .append(moment.inFlight())
            .append(',')
            .append(moment.queued())
            .append('\n');
      }
    }
    return text.toString();
  }
}
