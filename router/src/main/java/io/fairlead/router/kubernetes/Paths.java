package io.fairlead.router.kubernetes;

import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.SecretKey;
import org.jspecify.annotations.Nullable;

/** Where an API server keeps what. */
final class Paths {
  private static final String GROUP = "/apis/fairlead.dev/v1alpha1/";

  private Paths() {}

  /** Returns the collection of {@code kind} in a namespace; null for all of them. */
  static String of(ClusterObject.Kind kind, @Nullable String namespace) {
    return GROUP + in(namespace) + kind.plural();
  }

  /** Returns the status of {@code object}. */
  static String status(ClusterObject object) {
    return of(object.kind(), object.namespace()) + "/" + object.name() + "/status";
  }

  /** Returns the pods of a namespace; null for all of them. */
  static String pods(@Nullable String namespace) {
    return "/api/v1/" + in(namespace) + "pods";
  }

  /** Returns one Secret. */
  static String secret(SecretKey key) {
    return "/api/v1/" + in(key.namespace()) + "secrets/" + key.name();
  }

  /** Returns the Service {@code NAMESPACE/NAME}. */
  static String service(String name) {
    int slash = name.indexOf('/');
    return "/api/v1/" + in(name.substring(0, slash)) + "services/" + name.substring(slash + 1);
  }

  /** Returns the leases of a namespace. */
  static String leases(String namespace) {
    return "/apis/coordination.k8s.io/v1/" + in(namespace) + "leases";
  }

  /** Returns the events of a namespace. */
  static String events(String namespace) {
    return "/apis/events.k8s.io/v1/" + in(namespace) + "events";
  }

  /** Returns the collection of a kind that has a scale; null if that is not known. */
  static @Nullable String scaled(String kind, String namespace) {
    return switch (kind) {
      case "Deployment" -> "/apis/apps/v1/" + in(namespace) + "deployments";
      case "StatefulSet" -> "/apis/apps/v1/" + in(namespace) + "statefulsets";
      case "OnlineDeployment" -> of(ClusterObject.Kind.DEPLOYMENT, namespace);
      default -> null;
    };
  }

  /** Returns the autoscalers of a namespace. */
  static String autoscalers(String namespace) {
    return "/apis/autoscaling/v2/" + in(namespace) + "horizontalpodautoscalers";
  }

  private static String in(@Nullable String namespace) {
    return namespace == null ? "" : "namespaces/" + namespace + "/";
  }
}
