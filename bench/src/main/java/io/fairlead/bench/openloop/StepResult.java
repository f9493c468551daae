package io.fairlead.bench.openloop;

import java.util.Map;

/**
 * What came of one rate.
 *
 * @param rate requests per second that were due
 * @param due requests in all
 * @param good answers with 200
 * @param unanswered when patience was over
 * @param unexpected answers that the model was not told to give, lost and unsent requests
 * @param goodPerSecond good answers over the whole time, the wait for the last of them included
 * @param inTimePerSecond those of them that came within {@value Step#DEADLINE_MILLIS} ms
 * @param statuses answers by status; -1 for a lost connection, -2 for too many waiting
 * @param latency of good answers, from when they were due
 * @param firstByte the same to the head of the answer
 * @param lateness of the generator itself: from due to handed to a connection or its queue
 */
record StepResult(
    double rate,
    long due,
    long good,
    long unanswered,
    long unexpected,
    double goodPerSecond,
    double inTimePerSecond,
    Map<Integer, Long> statuses,
    Quantiles latency,
    Quantiles firstByte,
    Quantiles lateness) {

  long errors() {
    return unexpected + unanswered;
  }
}
