package io.fairlead.bench.fleet;

import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ModelServer;
import io.fairlead.bench.model.ServiceTime;

/** What the scenes of one run share: their length, the table, what the models have seen. */
final class Course {
  static final int ROUTERS = 3;
  private static final int REPLY_BYTES = 256;

  private final double seconds;
  private final Rows rows;
  private long excess;

  Course(double seconds, Rows rows) {
    this.seconds = seconds;
    this.rows = rows;
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
