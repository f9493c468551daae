package io.fairlead.router;

import io.fairlead.router.config.DemoSettings;
import io.fairlead.router.config.Settings;

/** What the command line starts once it is understood. Each call returns the exit code. */
interface Launcher {
  /** Routes until told to stop. */
  int serve(Settings settings);

  /** Routes to sample models of its own until told to stop. */
  int demo(DemoSettings settings);
}
