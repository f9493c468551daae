package io.fairlead.router;

import io.fairlead.router.control.Reload;
import io.fairlead.router.control.RequestMeters;
import java.time.InstantSource;

/** Where it is noted how reloads went: for the meters and for the status page. Thread-safe. */
record ReloadLog(RequestMeters meters, Status status, InstantSource clock) {
  /** Notes that {@code what} was taken, or refused and the old one stays. */
  void report(String what, boolean accepted, String detail) {
    meters.reloaded(what, accepted);
    status.reloaded(new Reload(what, accepted, clock.instant(), detail));
  }
}
