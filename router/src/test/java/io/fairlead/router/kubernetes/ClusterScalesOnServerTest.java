package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.autoscale.FleetLoad;
import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleInputs;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.autoscale.ScaleRule;
import io.fairlead.router.cluster.ApiServer;
import io.fairlead.router.control.ScaleReading;
import io.fairlead.router.control.ScaleRecord;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScaleTargetRef;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.resource.ClusterObject;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scales of a real API server, with its versions, schemas and roles. */
@Tag("cluster")
class ClusterScalesOnServerTest {
  private static final ScaleTargetRef MODEL = new ScaleTargetRef("Deployment", "model");
  private static final String OBJECTS =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec:
        name: blue
        endpointName: echo
        scaleSettings: {type: TargetUtilization, maxInstances: 9}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: model}
      spec:
        replicas: 2
        selector: {matchLabels: {app: model}}
        template:
          metadata: {labels: {app: model}}
          spec: {containers: [{name: model, image: none}]}
      """;

  private static ApiServer server;
  private final List<ApiClient> clients = new ArrayList<>();
  private String namespace;
  private long nanos;

  @BeforeAll
  static void startServer() throws Exception {
    server = ApiServer.shared();
    server.kubectl("apply", "--server-side", "-f", "../charts/fairlead/crds");
    server.kubectl(
        "wait",
        "--for=condition=Established",
        "crd/onlinedeployments.fairlead.dev",
        "--timeout=30s");
  }

  @BeforeEach
  void create() throws Exception {
    namespace = server.namespace("scales");
    server.apply(namespace, OBJECTS);
  }

  @AfterEach
  void close() {
    clients.forEach(ApiClient::close);
  }

  private ClusterScales scales(Path kubeconfig) throws Exception {
    ApiClient client = ApiClient.open(kubeconfig);
    clients.add(client);
    String uid =
        server.kubectl(
            "-n", namespace, "get", "onlinedeployment/echo-blue", "-o=jsonpath={.metadata.uid}");
    ClusterObject declared =
        new ClusterObject(
            ClusterObject.Kind.DEPLOYMENT, namespace, "echo-blue", uid, 1, 0, "{}", "{}");
    DeploymentKey key = key();
    return new ClusterScales(
        client, "router-1", () -> Map.of(key, declared), () -> nanos, Clock.systemUTC());
  }

  private DeploymentKey key() {
    return new DeploymentKey(namespace, "echo", "blue");
  }

  private Deployment blue(@Nullable ScaleTargetRef target) {
    return new Deployment(
        key(),
        List.of(),
        Scoring.DEFAULT,
        RequestSettings.DEFAULT,
        ScaleSettings.DEFAULT,
        1,
        target);
  }

  private String get(String what, String path) throws Exception {
    return server.kubectl("-n", namespace, "get", what, "-o=jsonpath={" + path + "}");
  }

  private static ScaleReading.Scale scale(ScaleReading reading) {
    return switch (reading) {
      case ScaleReading.Scale scale -> scale;
      case ScaleReading.Refused refused -> throw new AssertionError(refused.toString());
    };
  }

  private static ScaleRefusal refusal(ScaleReading reading) {
    return ((ScaleReading.Refused) reading).why();
  }

  @Test
  void scalesTheDeploymentThatItsTargetNames() throws Exception {
    ClusterScales scales = scales(server.kubeconfig());
    ScaleReading.Scale seen = scale(scales.read(blue(MODEL)));
    assertThat(seen.replicas()).isEqualTo(2);

    assertThat(scale(scales.write(blue(MODEL), seen, 5)).replicas()).isEqualTo(5);

    assertThat(get("deployment/model", ".spec.replicas")).isEqualTo("5");
    assertThat(get("onlinedeployment/echo-blue", ".spec.instanceCount")).isEqualTo("1");
  }

  @Test
  void scalesTheOnlineDeploymentItselfWithoutATarget() throws Exception {
    ClusterScales scales = scales(server.kubeconfig());
    ScaleReading.Scale seen = scale(scales.read(blue(null)));
    assertThat(seen.replicas()).isEqualTo(1);

    scale(scales.write(blue(null), seen, 4));

    assertThat(get("onlinedeployment/echo-blue", ".spec.instanceCount")).isEqualTo("4");
    nanos += 6_000_000_000L;
    assertThat(scale(scales.read(blue(null))).replicas()).isEqualTo(4);
  }

  @Test
  void leavesWhatSomebodyElseOrderedMeanwhile() throws Exception {
    ClusterScales scales = scales(server.kubeconfig());
    ScaleReading.Scale seen = scale(scales.read(blue(MODEL)));
    server.kubectl("-n", namespace, "scale", "deployment/model", "--replicas=7");

    assertThat(refusal(scales.write(blue(MODEL), seen, 5))).isEqualTo(ScaleRefusal.CONFLICT);

    assertThat(get("deployment/model", ".spec.replicas")).isEqualTo("7");
  }

  @Test
  void leavesWhatAnHpaScales() throws Exception {
    server.kubectl("-n", namespace, "autoscale", "deployment/model", "--max=9");
    ClusterScales scales = scales(server.kubeconfig());

    assertThat(refusal(scales.read(blue(MODEL)))).isEqualTo(ScaleRefusal.FOREIGN_AUTOSCALER);
    assertThat(scale(scales.read(blue(null))).replicas()).isEqualTo(1);
  }

  @Test
  void saysThatATargetIsMissing() throws Exception {
    ClusterScales scales = scales(server.kubeconfig());

    assertThat(refusal(scales.read(blue(new ScaleTargetRef("StatefulSet", "model")))))
        .isEqualTo(ScaleRefusal.TARGET_MISSING);
  }

  @Test
  void saysThatItMayNot() throws Exception {
    server.kubectl("-n", namespace, "create", "serviceaccount", "nobody");
    ClusterScales scales = scales(server.kubeconfig(server.token(namespace, "nobody"), namespace));

    assertThat(refusal(scales.read(blue(MODEL)))).isEqualTo(ScaleRefusal.FORBIDDEN);
  }

  @Test
  void statusAndEventsSayWhatWasOrderedAndWhatIsInTheWay() throws Exception {
    ClusterScales scales = scales(server.kubeconfig());
    var inputs = new ScaleInputs(new FleetLoad(1, 4, 0, 2, 0, 4, -1, -1), 2, 1, 70, 1, 9, 0);
    var change = new ScaleDecision.Change(ScaleRule.UP, 6, 4, inputs);

    scales.tell(
        blue(MODEL), new ScaleRecord(0, 0, 1, 2, change, ScaleRecord.Applied.WRITTEN, null));
    scales.tell(
        blue(MODEL),
        new ScaleRecord(
            0,
            0,
            1,
            -1,
            null,
            ScaleRecord.Applied.REFUSED,
            new ScaleReading.Refused(ScaleRefusal.FOREIGN_AUTOSCALER, "an HPA")));

    String blue = "onlinedeployment/echo-blue";
    assertThat(get(blue, ".status.lastScale.from") + " to " + get(blue, ".status.lastScale.to"))
        .isEqualTo("2 to 4");
    assertThat(get(blue, ".status.conditions[*].type")).isEqualTo("ForeignAutoscaler");
    assertThat(get("events.events.k8s.io", ".items[*].reason"))
        .contains("ScaledUp", "ForeignAutoscaler");

    scales.tell(blue(MODEL), new ScaleRecord(0, 0, 1, 2, null, ScaleRecord.Applied.NOTHING, null));

    assertThat(get(blue, ".status.conditions[*].type")).isEmpty();
    assertThat(get(blue, ".status.lastScale.to")).isEqualTo("4");
  }
}
