package io.fairlead.router;

import io.fairlead.router.control.Reload;
import io.fairlead.router.control.RequestMeters;
import io.fairlead.router.tls.ReloadResult;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where it is noted how reloads went: for the meters and for the status page. Thread-safe. */
record ReloadLog(RequestMeters meters, Status status, InstantSource clock) {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadLog.class);

  /** Notes that {@code what} was taken, or refused and the old one stays. */
  void report(String what, boolean accepted, String detail) {
    meters.reloaded(what, accepted);
    status.reloaded(new Reload(what, accepted, clock.instant(), detail));
  }

  /**
   * Notes and logs what a look at {@code title}, a certificate, came to, unless it is as it was.
   */
  void report(String title, ReloadResult result) {
    String what = title.replace(' ', '_');
    switch (result) {
      case ReloadResult.Unchanged _ -> {}
      case ReloadResult.Swapped swapped -> {
        String detail = "valid until " + swapped.identity().notAfter();
        report(what, true, detail);
        LOG.info("{} replaced: {}", title, detail);
      }
      case ReloadResult.Refused refused -> {
        report(what, false, String.join("; ", refused.lines()));
        refused.lines().forEach(line -> LOG.warn("{} refused, the old one stays: {}", title, line));
      }
    }
  }
}
