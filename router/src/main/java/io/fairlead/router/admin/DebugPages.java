package io.fairlead.router.admin;

import io.fairlead.router.control.Decisions;
import io.fairlead.router.control.Explainer;
import java.util.function.LongSupplier;

/** What the admin port says of single requests: those that were, and one that might be. */
public final class DebugPages {
  private final Decisions decisions;
  private final Explainer explainer;
  private final LongSupplier nanos;

  /**
   * Makes the pages.
   *
   * @param nanos the clock of the event loops
   */
  public DebugPages(Decisions decisions, Explainer explainer, LongSupplier nanos) {
    this.decisions = decisions;
    this.explainer = explainer;
    this.nanos = nanos;
  }

  Page decisions(String query) {
    try {
      return Page.json(DecisionJson.render(decisions.find(DecisionsQuestion.read(query))));
    } catch (BadQuestion e) {
      return Page.text(400, e.text());
    }
  }

  Page explain(byte[] question) {
    try {
      var head = ExplainQuestion.read(question);
      return Page.json(ExplanationJson.render(explainer.explain(head, nanos.getAsLong())));
    } catch (BadQuestion e) {
      return Page.text(400, e.text());
    }
  }
}
