package io.fairlead.router.peer;

import io.fairlead.router.fleet.Answer;
import io.fairlead.router.fleet.Handover;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A router that notes what its coordinator says. */
final class HeardCoordinator implements CoordinatorListener {
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Answer> answers = new CopyOnWriteArrayList<>();
  final List<Handover> handovers = new CopyOnWriteArrayList<>();

  @Override
  public void connected() {
    events.add("connected");
  }

  @Override
  public void answered(Answer answer) {
    answers.add(answer);
  }

  @Override
  public void handedOver(Handover handover) {
    handovers.add(handover);
  }

  @Override
  public void lost(String why) {
    events.add("lost " + why);
  }

  boolean isConnected() {
    return !events.isEmpty() && events.getLast().equals("connected");
  }
}
