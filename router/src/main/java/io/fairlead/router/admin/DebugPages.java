package io.fairlead.router.admin;

import io.fairlead.router.control.Decisions;
import io.fairlead.router.control.Explainer;
import io.fairlead.router.control.ScaleStates;
import io.fairlead.router.control.SlotView;
import io.fairlead.router.model.DeploymentKey;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * What the admin port says of single decisions: about requests that were, one that might be, and
 * about numbers of replicas.
 */
public final class DebugPages {
  private final Decisions decisions;
  private final Explainer explainer;
  private final ScaleStates scaling;
  private final LongSupplier nanos;
  private final LongFunction<List<SlotView>> slots;

  /**
   * Makes the pages.
   *
   * @param nanos the clock of the event loops
   * @param slots tells the oldest slots that are taken, at a time of that clock
   */
  public DebugPages(
      Decisions decisions,
      Explainer explainer,
      ScaleStates scaling,
      LongSupplier nanos,
      LongFunction<List<SlotView>> slots) {
    this.slots = slots;
    this.decisions = decisions;
    this.explainer = explainer;
    this.scaling = scaling;
    this.nanos = nanos;
  }

  Page decisions(String query) {
    try {
      return Page.json(DecisionJson.render(decisions.find(DecisionsQuestion.read(query))));
    } catch (BadQuestion e) {
      return Page.text(400, e.text());
    }
  }

  Page scaling(String query) {
    try {
      ScalingQuestion question = ScalingQuestion.read(query);
      return Page.json(ScalingJson.render(scaling.leads(), scaling.states(), question));
    } catch (BadQuestion e) {
      return Page.text(400, e.text());
    }
  }

  Page slots() {
    return Page.json(SlotJson.render(slots.apply(nanos.getAsLong())));
  }

  Page loadTrace(String query) {
    try {
      DeploymentKey asked = LoadTraceQuestion.read(query, scaling.states());
      return Page.csv(LoadTraceQuestion.answer(scaling.trace(asked)));
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
