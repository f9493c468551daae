package io.fairlead.router.admin;

import io.fairlead.router.control.LoadLine;
import io.fairlead.router.control.ScaleState;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;

/** The question of {@code GET /debug/scaling/trace}: of which deployment, read strictly. */
final class LoadTraceQuestion {
  private LoadTraceQuestion() {}

  /**
   * Reads the query of a target, without {@code ?}.
   *
   * @param states of the deployments that may be asked for
   * @throws BadQuestion if it is not one of them
   */
  static DeploymentKey read(String query, List<ScaleState> states) throws BadQuestion {
    List<String> names =
        states.stream().map(state -> name(state.key())).distinct().sorted().toList();
    for (ScaleState state : states) {
      if (query.equals("deployment=" + name(state.key()))) {
        return state.key();
      }
    }
    throw new BadQuestion(
        (query.isEmpty() ? "deployment: missing" : BadQuestion.shown(query))
            + " (expected: deployment= and one of "
            + String.join(", ", names)
            + ")");
  }

  private static String name(DeploymentKey key) {
    return key.endpoint() + "/" + key.deployment();
  }

  /** Returns {@code lines} as {@code fairlead replay} reads them. */
  static String answer(List<LoadLine> lines) {
    var text = new StringBuilder("second,arrivals,model_ms\n");
    for (LoadLine line : lines) {
      text.append(line.second())
          .append(',')
          .append(line.arrivals())
          .append(',')
          .append(line.modelMillis())
          .append('\n');
    }
    return text.toString();
  }
}
