package io.fairlead.router.routing;

import io.fairlead.router.model.Deployment;
import org.jspecify.annotations.Nullable;

/**
 * A deployment as the request path needs it, made once per snapshot.
 *
 * @param ordinal its stable small number: index of its dispatcher and of its meters
 * @param name of the deployment, as bytes
 * @param scorePath path of the model's score route, as bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the arrays are never written
public record Target(Deployment deployment, int ordinal, byte[] name, byte[] scorePath)
    implements RouteResult {
  /** Returns {@code deployment} as one that is asked for its health path; null if it has none. */
  public static @Nullable Target ofHealth(Deployment deployment, int ordinal) {
    String path = deployment.scoring().healthPath();
    return path == null
        ? null
        : new Target(deployment, ordinal, Excerpt.ascii(deployment.name()), Excerpt.ascii(path));
  }
}
