package io.fairlead.router.control;

import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.model.Deployment;

/** The scales of deployments whose replicas are given by address: nobody can make more of them. */
public final class FixedAddresses implements ScaleTargets {
  @Override
  public ScaleReading read(Deployment deployment) {
    return new ScaleReading.Scale(deployment.replicas().size(), "");
  }

  @Override
  public ScaleReading write(Deployment deployment, ScaleReading.Scale seen, int replicas) {
    return new ScaleReading.Refused(
        ScaleRefusal.FIXED_ADDRESSES,
        "replicas are given by address (expected: scaleSettings.mode: advisory)");
  }

  @Override
  public void tell(Deployment deployment, ScaleRecord news) {}
}
