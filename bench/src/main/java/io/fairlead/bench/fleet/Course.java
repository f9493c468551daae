package io.fairlead.bench.fleet;

import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;

/** What the scenes of one run share: their length, the table, what the models have seen. */
final class Course {
  static final int ROUTERS = 3;
  private static final int REPLY_BYTES = 256;

  private final double seconds;
  private final double warmUpSeconds;
  private final Rows rows;
  private long excess;

  /**
   * Begins a run.
   *
   * @param warmUpSeconds 0 for what each scene has of its own
   */
  Course(double seconds, double warmUpSeconds, Rows rows) {
    this.seconds = seconds;
    this.warmUpSeconds = warmUpSeconds;
    this.rows = rows;
  }

  /** Returns how long to warm up, where {@code own} is what the scene has for a long run. */
  double warmUpSeconds(double own) {
    return warmUpSeconds > 0 ? warmUpSeconds : Math.min(own, seconds);
  }

  double seconds() {
    return seconds;
  }

  Rows rows() {
    return rows;
  }

  static ModelServer models(int count, ServiceTime time) {
    return ModelServer.start(Behaviour.plain(time, REPLY_BYTES), count, 1);
  }

  /** Notes whether a replica had more requests at once than it may. */
  void checked(ModelServer models, int limit) {
    excess += Math.max(0, models.peak() - limit);
  }

  /** Adds the row that holds for all scenes together. */
  void overAdmission() {
    rows.add("over-admission seen by the models, ever", (double) excess, "", 0, 0, true);
  }
}
