package io.fairlead.router;

import io.fairlead.router.jwks.KeySetListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in log and meters how sources of token keys fare. */
record KeySetLog(ReloadLog reloads) implements KeySetListener {
  private static final Logger LOG = LoggerFactory.getLogger(KeySetLog.class);
  private static final String WHAT = "token_keys";

  @Override
  public void taken(String source, String detail) {
    reloads.report(WHAT, true, source + ": " + detail);
    LOG.info("token keys of {}: {}", source, detail);
  }

  @Override
  public void failed(String source, String why) {
    reloads.report(WHAT, false, source + ": " + why);
    LOG.warn("token keys of {} not taken, those before stay: {}", source, why);
  }
}
