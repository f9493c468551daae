package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Handover;

/** Hears what the coordinator says. Called on the loop. */
public interface CoordinatorListener {
  /** It can be reported to from now on. */
  void connected();

  /** It answers. */
  void answered(Answer answer);

  /** It ends, and says who holds what. */
  void handedOver(Handover handover);

  /**
   * It cannot be reported to any more, or could not be reached; that is being tried again. Not told
   * when another one is followed.
   *
   * @param why for a log
   */
  void lost(String why);
}
