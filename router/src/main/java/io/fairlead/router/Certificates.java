package io.fairlead.router;

import io.fairlead.router.config.Settings;
import io.fairlead.router.tls.ReloadResult;
import io.fairlead.router.tls.ServerTrust;
import io.fairlead.router.tls.TlsContexts;
import io.fairlead.router.tls.TlsEngine;
import io.fairlead.router.tls.TlsProblem;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What callers are shown and which servers of token keys are believed: read at the start from files
 * or a Secret, and looked at again.
 */
final class Certificates {
  private final @Nullable TlsContexts callers;
  private final @Nullable ServerTrust issuers;

  private Certificates(@Nullable TlsContexts callers, @Nullable ServerTrust issuers) {
    this.callers = callers;
    this.issuers = issuers;
  }

  /**
   * Reads everything that {@code settings} name.
   *
   * @throws StartFailure if any of it cannot be used
   */
  static Certificates open(Settings settings, @Nullable ClusterSource cluster) throws StartFailure {
    ServerTrust issuers = issuers(settings.jwksCa());
    boolean isSecret = cluster != null && cluster.hasCertificate();
    boolean isThere = settings.https() != null && (settings.tlsCert() != null || isSecret);
    return new Certificates(isThere ? callers(settings, cluster) : null, issuers);
  }

  private static TlsContexts callers(Settings settings, @Nullable ClusterSource cluster)
      throws StartFailure {
    try {
      TlsEngine engine = TlsEngine.choose(choice(settings.tlsProvider()));
      if (cluster != null && cluster.hasCertificate()) {
        cluster.awaitCertificate();
        return TlsContexts.open(cluster::certificate, engine, new SecureRandom(), Instant.now());
      }
      return TlsContexts.open(
          Objects.requireNonNull(settings.tlsCert()),
          Objects.requireNonNull(settings.tlsKey()),
          engine,
          new SecureRandom(),
          Instant.now());
    } catch (TlsProblem e) {
      throw new StartFailure(e.lines());
    }
  }

  private static TlsEngine.Choice choice(Settings.TlsProvider provider) {
    return switch (provider) {
      case AUTO -> TlsEngine.Choice.AUTO;
      case OPENSSL -> TlsEngine.Choice.OPENSSL;
      case JDK -> TlsEngine.Choice.JDK;
    };
  }

  private static @Nullable ServerTrust issuers(@Nullable Path file) throws StartFailure {
    try {
      return file == null ? null : ServerTrust.open(file);
    } catch (TlsProblem e) {
      throw new StartFailure(e.lines().stream().map(line -> "jwksCa: " + line).toList());
    }
  }

  /** Returns TLS towards callers; null if there is none. */
  @Nullable TlsContexts callers() {
    return callers;
  }

  /** Returns whom to believe where token keys are fetched; null for whom the JDK believes. */
  @Nullable ServerTrust issuers() {
    return issuers;
  }

  /** Looks whether there is another certificate. Called by the control thread. */
  void turn(ReloadLog reloads, Instant now) {
    if (callers != null) {
      ReloadResult result = callers.poll(now);
      reloads.report("certificate", result);
      if (result instanceof ReloadResult.Unchanged) {
        callers.rotate(now);
      }
    }
  }
}
