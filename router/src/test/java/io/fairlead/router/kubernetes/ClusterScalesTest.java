package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.autoscale.FleetLoad;
import io.fairlead.router.autoscale.ScaleDecision;
import io.fairlead.router.autoscale.ScaleInputs;
import io.fairlead.router.autoscale.ScaleRefusal;
import io.fairlead.router.autoscale.ScaleRule;
import io.fairlead.router.control.ScaleReading;
import io.fairlead.router.control.ScaleRecord;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.ScaleTargetRef;
import io.fairlead.router.model.Scoring;
import io.fairlead.router.resource.ClusterObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterScalesTest {
  private static final DeploymentKey BLUE = new DeploymentKey("ml", "echo", "blue");
  private static final ClusterObject DECLARED =
      new ClusterObject(
          ClusterObject.Kind.DEPLOYMENT, "ml", "echo-blue", "uid-1", 3, 0, "{}", "{}");
  private static final String OWN =
      "/apis/fairlead.dev/v1alpha1/namespaces/ml/onlinedeployments/echo-blue";
  private static final String APPS = "/apis/apps/v1/namespaces/ml/deployments/model";
  private static final String HPAS = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers";

  @TempDir Path directory;
  private FakeApiServer server;
  private ApiClient client;
  private ClusterScales scales;
  private long nanos;

  @BeforeEach
  void start() throws IOException {
    server = new FakeApiServer();
    client = server.client(directory);
    scales =
        new ClusterScales(
            client,
            "router-1",
            () -> Map.of(BLUE, DECLARED),
            () -> nanos,
            () -> Instant.parse("2026-11-25T12:00:00Z"));
    server.list(HPAS, "1");
    server.answer(OWN + "/scale", 200, scale(3, "17"));
    server.answer(OWN + "/status", 200, "{}");
    server.answer("/apis/events.k8s.io/v1/namespaces/ml/events", 201, "{}");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static String scale(int replicas, String version) {
    return "{\"metadata\":{\"resourceVersion\":\""
        + version
        + "\"},\"spec\":{\"replicas\":"
        + replicas
        + "},\"status\":{\"replicas\":1}}";
  }

  private static Deployment blue(@Nullable ScaleTargetRef target) {
    return new Deployment(
        BLUE,
        List.of(),
        Scoring.DEFAULT,
        RequestSettings.DEFAULT,
        ScaleSettings.DEFAULT,
        1,
        target);
  }

  private static ScaleRefusal refusal(ScaleReading reading) {
    return switch (reading) {
      case ScaleReading.Refused refused -> refused.why();
      case ScaleReading.Scale scale -> throw new AssertionError(scale.toString());
    };
  }

  private static String detail(ScaleReading reading) {
    return ((ScaleReading.Refused) reading).detail();
  }

  @Test
  void readsTheScaleOfTheObjectThatDeclaresTheDeployment() {
    assertThat(scales.read(blue(null))).isEqualTo(new ScaleReading.Scale(3, "17"));
  }

  @Test
  void readsTheScaleOfItsTarget() {
    server.answer(APPS + "/scale", 200, scale(5, "9"));

    assertThat(scales.read(blue(new ScaleTargetRef("Deployment", "model"))))
        .isEqualTo(new ScaleReading.Scale(5, "9"));
  }

  @Test
  void readsAtMostOnceInFiveSeconds() throws Exception {
    scales.read(blue(null));
    server.answer(OWN + "/scale", 200, scale(4, "18"));
    nanos += 4_999_999_999L;
    assertThat(scales.read(blue(null))).isEqualTo(new ScaleReading.Scale(3, "17"));

    nanos += 1;

    assertThat(scales.read(blue(null))).isEqualTo(new ScaleReading.Scale(4, "18"));
    assertThat(server.read()).startsWith(HPAS);
    assertThat(server.read()).startsWith(OWN);
    assertThat(server.read()).startsWith(OWN); // and not the autoscalers again
  }

  @Test
  void writesTheVersionThatItReadAMomentBefore() throws Exception {
    server.answer(OWN + "/scale", 200, scale(3, "21"));

    ScaleReading written = scales.write(blue(null), new ScaleReading.Scale(3, "17"), 6);

    assertThat(written).isInstanceOf(ScaleReading.Scale.class);
    FakeApiServer.Write write = server.write();
    assertThat(write.method()).isEqualTo("PUT");
    assertThat(write.path()).isEqualTo(OWN + "/scale");
    assertThat(write.body())
        .isEqualTo(
            "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"Scale\",\"metadata\":{\"name\":"
                + "\"echo-blue\",\"namespace\":\"ml\",\"resourceVersion\":\"21\"},\"spec\":"
                + "{\"replicas\":6}}");
  }

  @Test
  void writesNothingOverSomebodyElsesNumber() {
    server.answer(OWN + "/scale", 200, scale(9, "21"));

    ScaleReading refused = scales.write(blue(null), new ScaleReading.Scale(3, "17"), 6);

    assertThat(refusal(refused)).isEqualTo(ScaleRefusal.CONFLICT);
    assertThat(detail(refused)).isEqualTo("9 are ordered meanwhile (expected: 3)");
    assertThat(server.unexpectedWrites()).isEmpty();
  }

  @Test
  void doesNotScaleWhatAnHpaScales() {
    server.list(
        HPAS,
        "1",
        "{\"metadata\":{\"name\":\"theirs\"},\"spec\":{\"scaleTargetRef\":"
            + "{\"kind\":\"Deployment\",\"name\":\"model\"}}}");
    server.answer(APPS + "/scale", 200, scale(5, "9"));
    Deployment blue = blue(new ScaleTargetRef("Deployment", "model"));

    assertThat(refusal(scales.read(blue))).isEqualTo(ScaleRefusal.FOREIGN_AUTOSCALER);
    assertThat(detail(scales.write(blue, new ScaleReading.Scale(5, "9"), 6)))
        .isEqualTo(
            "HorizontalPodAutoscaler theirs scales Deployment/model as well (expected: one of the"
                + " two)");
    assertThat(server.unexpectedWrites()).isEmpty();
    assertThat(scales.read(blue(null))).isInstanceOf(ScaleReading.Scale.class);
  }

  @Test
  void saysWhatIsWrongWithATarget() {
    server.answer(APPS + "/scale", 403, "{\"message\":\"deployments.apps/scale is forbidden\"}");
    List<ScaleRefusal> refusals = new ArrayList<>();

    refusals.add(refusal(scales.read(blue(new ScaleTargetRef("Deployment", "model")))));
    refusals.add(refusal(scales.read(blue(new ScaleTargetRef("Deployment", "gone")))));
    refusals.add(refusal(scales.read(blue(new ScaleTargetRef("Rollout", "model")))));
    server.breaks(new FakeApiServer.Answer(500, "{\"message\":\"etcd is away\"}"));
    nanos += 20_000_000_000L;
    refusals.add(refusal(scales.read(blue(null))));

    assertThat(refusals)
        .containsExactly(
            ScaleRefusal.FORBIDDEN,
            ScaleRefusal.TARGET_MISSING,
            ScaleRefusal.TARGET_MISSING,
            ScaleRefusal.UNAVAILABLE);
  }

  @Test
  void notBeingAllowedToSeeHpasIsARefusal() {
    server.answer(HPAS, 403, "{\"message\":\"horizontalpodautoscalers is forbidden\"}");

    assertThat(refusal(scales.read(blue(null)))).isEqualTo(ScaleRefusal.FORBIDDEN);
  }

  private static ScaleRecord written() {
    var inputs = new ScaleInputs(new FleetLoad(1, 4, 0, 3, 0, 4, -1, -1), 3, 1, 70, 1, 9, 0);
    var change = new ScaleDecision.Change(ScaleRule.UP, 6, 6, inputs);
    return new ScaleRecord(0, 0, 1, 3, change, ScaleRecord.Applied.WRITTEN, null);
  }

  private static ScaleRecord refused() {
    return new ScaleRecord(
        0,
        0,
        1,
        -1,
        null,
        ScaleRecord.Applied.REFUSED,
        new ScaleReading.Refused(ScaleRefusal.FORBIDDEN, "may not"));
  }

  @Test
  void tellsWhatWasOrdered() throws Exception {
    scales.tell(blue(null), written());

    assertThat(server.write().body()).contains("\"conditions\":[]");
    FakeApiServer.Write status = server.write();
    assertThat(status.path()).isEqualTo(OWN + "/status");
    assertThat(status.contentType()).startsWith("application/apply-patch+yaml");
    assertThat(status.body())
        .contains("\"uid\":\"uid-1\"")
        .contains(
            "\"status\":{\"lastScale\":{\"time\":\"2026-11-25T12:00:00Z\",\"from\":3,\"to\":6,"
                + "\"reason\":\"Up\",\"message\":\"4 in flight + 0 queued at 70 %");
    assertThat(server.write().body()).contains("\"reason\":\"ScaledUp\"", "\"type\":\"Normal\"");
    assertThat(server.unexpectedWrites()).isEmpty();
  }

  @Test
  void tellsWhatIsInTheWayAndWhenItIsNoMore() throws Exception {
    scales.tell(blue(null), refused());

    assertThat(server.write().body())
        .contains(
            "\"conditions\":[{\"type\":\"ScaleForbidden\",\"status\":\"True\","
                + "\"observedGeneration\":3,\"lastTransitionTime\":\"2026-11-25T12:00:00Z\","
                + "\"reason\":\"ScaleForbidden\",\"message\":\"may not\"}]");
    assertThat(server.write().body())
        .contains("\"reason\":\"ScaleForbidden\"", "\"type\":\"Warning\"");

    scales.tell(blue(null), new ScaleRecord(0, 0, 1, 3, null, ScaleRecord.Applied.NOTHING, null));

    assertThat(server.write().body()).contains("\"conditions\":[]");
    assertThat(server.unexpectedWrites()).isEmpty();
  }

  @Test
  void aStatusThatCannotBeWrittenStopsNothing() {
    server.breaks(new FakeApiServer.Answer(403, "{\"message\":\"may not patch\"}"));

    scales.tell(blue(null), refused());
    server.breaks(null);

    assertThat(scales.read(blue(null))).isInstanceOf(ScaleReading.Scale.class);
  }
}
