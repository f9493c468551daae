package io.fairlead.router.resource;

/**
 * What matters of a pod that is not on its way out.
 *
 * @param address a literal IP address; empty as long as it has none
 * @param endpoint what its labels say; empty if they do not
 * @param deployment what its labels say; empty if they do not
 */
public record ObservedPod(
    String namespace,
    String name,
    String address,
    String endpoint,
    String deployment,
    boolean isReady) {
  /** Names the endpoint that a pod belongs to, as the AzureML extension labels its pods. */
  public static final String ENDPOINT_LABEL = "ml.azure.com/endpoint-name";

  /** Names the deployment that a pod belongs to. */
  public static final String DEPLOYMENT_LABEL = "ml.azure.com/deployment-name";

  /** Returns whether it can be sent requests. */
  boolean isServing() {
    return isReady && !address.isEmpty();
  }
}
