package io.fairlead.router.model;

/** Which published table of status codes the router's own answers follow. */
public enum ErrorProfile {
  /** As documented for azureml-fe on Kubernetes. */
  KUBERNETES,
  /** As documented for managed online endpoints. */
  MANAGED
}
