package io.fairlead.router;

import io.fairlead.router.manifest.ManifestDirectory;
import io.fairlead.router.manifest.Reading;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory of manifests: a bad change is refused as a whole, and said. */
final class ManifestSource implements StateSource {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestSource.class);
  private static final String WHAT = "manifest";

  private final ManifestDirectory manifests;
  private final ReloadLog reloads;

  ManifestSource(ManifestDirectory manifests, ReloadLog reloads) {
    this.manifests = manifests;
    this.reloads = reloads;
  }

  /** Reads for the first time: a mistake is a reason not to start. */
  Change first() throws StartFailure {
    return switch (manifests.poll()) {
      case Reading.Accepted accepted -> change(accepted);
      case Reading.Refused refused ->
          throw new StartFailure(refused.problems().stream().map(Object::toString).toList());
      case null -> throw new StartFailure("manifests: nothing to read");
    };
  }

  @Override
  public @Nullable Change poll() {
    return switch (manifests.poll()) {
      case null -> null;
      case Reading.Accepted accepted -> change(accepted);
      case Reading.Refused refused -> {
        List<String> lines = refused.problems().stream().map(Object::toString).toList();
        reloads.report(WHAT, false, String.join("; ", lines));
        lines.forEach(line -> LOG.warn("manifests refused, the old ones stay: {}", line));
        yield null;
      }
    };
  }

  private static Change change(Reading.Accepted accepted) {
    String detail =
        accepted.state().endpoints().size()
            + " endpoints and "
            + accepted.state().deployments().size()
            + " deployments of "
            + accepted.files()
            + " files";
    return new Change(accepted.state(), WHAT, "manifests", detail, false, true);
  }

  @Override
  public void close() {}
}
