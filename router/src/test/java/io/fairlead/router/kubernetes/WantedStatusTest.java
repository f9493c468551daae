package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.resource.ClusterObject;
import io.fairlead.router.resource.Condition;
import io.fairlead.router.resource.Report;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WantedStatusTest {
  private static final Instant NOW = Instant.parse("2026-11-01T10:00:00.123Z");
  private static final Condition MISSING = new Condition(Condition.Type.SECRET_MISSING, "no keys");

  @Test
  void aReadyEndpointSaysWhereItIs() throws IOException {
    assertThat(new WantedStatus(endpoint("{}"), "https://m/score", NOW).text())
        .isEqualTo(
            "{\"observedGeneration\":7,\"scoringUri\":\"https://m/score\","
                + "\"deployments\":[{\"name\":\"blue\",\"desiredReplicas\":3,\"readyReplicas\":2}],"
                + "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
                + "\"observedGeneration\":7,\"lastTransitionTime\":\"2026-11-01T10:00:00Z\","
                + "\"reason\":\"Serving\",\"message\":\"requests are served\"}]}");
  }

  @Test
  void aDeploymentSaysWhatItsScaleNeeds() throws IOException {
    assertThat(new WantedStatus(deployment("{}", 3, 2), null, NOW).text())
        .startsWith(
            "{\"observedGeneration\":7,\"replicas\":3,\"readyReplicas\":2,\"selector\":\"app=x\"");
  }

  @Test
  void theGravestConditionIsWhyItIsNotReady() throws IOException {
    WantedStatus status = new WantedStatus(endpoint("{}", MISSING), null, NOW);

    assertThat(status.text())
        .doesNotContain("scoringUri")
        .contains("\"type\":\"Ready\",\"status\":\"False\"")
        .contains("\"type\":\"SecretMissing\",\"status\":\"True\"")
        .contains("\"reason\":\"SecretMissing\",\"message\":\"no keys\"");
  }

  @Test
  void whatWasWrittenIsNotWrittenAgain() throws IOException {
    WantedStatus first = new WantedStatus(endpoint("{}", MISSING), "https://m/score", NOW);
    assertThat(first.isSaid()).isFalse();

    WantedStatus second =
        new WantedStatus(endpoint(first.text(), MISSING), "https://m/score", NOW.plusSeconds(3600));

    assertThat(second.isSaid()).isTrue();
    assertThat(second.text()).isEqualTo(first.text()); // the time of the change as well
    assertThat(second.news()).isEmpty();
  }

  @Test
  void aChangeHasATimeOfItsOwn() throws IOException {
    String before = new WantedStatus(endpoint("{}", MISSING), null, NOW).text();

    WantedStatus after = new WantedStatus(endpoint(before), null, NOW.plusSeconds(60));

    assertThat(after.isSaid()).isFalse();
    assertThat(after.text()).contains("2026-11-01T10:01:00Z").doesNotContain("SecretMissing");
  }

  @Test
  void aConditionThatIsGoneHasToBeWritten() throws IOException {
    Condition other = new Condition(Condition.Type.NO_TRAFFIC, "none");
    String before = new WantedStatus(endpoint("{}", MISSING, other), null, NOW).text();

    assertThat(new WantedStatus(endpoint(before, MISSING), null, NOW).isSaid()).isFalse();
  }

  @Test
  void whatAResourceSaysOfAnEndpointMayBeOtherCounts() throws IOException {
    Report counted = endpoint("{}").withCounts(List.of(new Report.Count("blue", 9, 8)));
    String status = new WantedStatus(counted, null, NOW).text();

    WantedStatus wanted = new WantedStatus(endpoint(status), null, NOW);

    assertThat(wanted.isSaid()).isFalse();
    assertThat(wanted.said()).isNotNull().returns(counted.counts(), Report::counts);
  }

  @Test
  void soMayWhatItSaysOfADeployment() throws IOException {
    Report counted = deployment("{}", 9, 8);
    String status = new WantedStatus(counted, null, NOW).text();

    WantedStatus wanted = new WantedStatus(deployment(status, 3, 2), null, NOW);

    assertThat(wanted.isSaid()).isFalse();
    assertThat(wanted.said()).isNotNull().returns(counted.counts(), Report::counts);
  }

  @Test
  void whatSaysMoreThanOtherCountsIsNotSaid() throws IOException {
    String right = new WantedStatus(endpoint("{}"), null, NOW).text();

    for (String other :
        List.of(
            "{}",
            right.replace("blue", "green"),
            right.replace(":7,", ":6,"),
            right.replace("{\"name\":\"blue\"", "{\"more\":1,\"name\":\"blue\""),
            right.replace("\"readyReplicas\":2", "\"readyReplicas\":\"2\""),
            right.replace("\"deployments\":[", "\"deployments\":[{\"name\":\"green\"},"))) {
      assertThat(other).isNotEqualTo(right);
      assertThat(new WantedStatus(endpoint(other), null, NOW).said()).isNull();
    }
  }

  private static Report deployment(String status, int replicas, int ready) {
    return new Report.OfDeployment(
        object(ClusterObject.Kind.DEPLOYMENT, status),
        List.of(),
        new Report.Count("blue", replicas, ready),
        "app=x");
  }

  @Test
  void whatOthersWriteIsLeftAlone() throws IOException {
    String own = new WantedStatus(endpoint("{}"), null, NOW).text();
    String withOthers =
        own.replace(
                "\"conditions\":[",
                "\"conditions\":[{\"type\":\"ScaleUnsupported\",\"status\":\"True\"},")
            .replaceFirst("\\{", "{\"lastScale\":{\"to\":3},");

    assertThat(new WantedStatus(endpoint(withOthers), null, NOW).isSaid()).isTrue();
  }

  @Test
  void anAddressThatIsNotKnownAnyMoreHasToBeWritten() throws IOException {
    String before = new WantedStatus(endpoint("{}"), "https://m/score", NOW).text();

    assertThat(new WantedStatus(endpoint(before), null, NOW).isSaid()).isFalse();
  }

  @Test
  void newsAreWhatHasChanged() throws IOException {
    String before = new WantedStatus(endpoint("{}", MISSING), null, NOW).text();
    Condition other = new Condition(Condition.Type.NO_TRAFFIC, "none");

    assertThat(new WantedStatus(endpoint("{}", MISSING), null, NOW).news())
        .containsExactly(new WantedStatus.News(true, "SecretMissing", "no keys"));
    assertThat(new WantedStatus(endpoint(before, MISSING, other), null, NOW).news())
        .containsExactly(new WantedStatus.News(true, "NoTraffic", "none"));
    assertThat(new WantedStatus(endpoint(before), null, NOW).news())
        .containsExactly(new WantedStatus.News(false, "Ready", "requests are served"));
  }

  @Test
  void aPatchIsForThisVeryObject() throws IOException {
    assertThat(new WantedStatus(endpoint("{}"), null, NOW).patch())
        .startsWith(
            "{\"apiVersion\":\"fairlead.dev/v1alpha1\",\"kind\":\"OnlineEndpoint\",\"metadata\":"
                + "{\"name\":\"echo\",\"namespace\":\"ml\",\"uid\":\"u-1\"},\"status\":{");
  }

  static Report endpoint(String status, Condition... conditions) {
    return new Report.OfEndpoint(
        object(ClusterObject.Kind.ENDPOINT, status),
        List.of(conditions),
        List.of(new Report.Count("blue", 3, 2)),
        null,
        true);
  }

  private static ClusterObject object(ClusterObject.Kind kind, String status) {
    return new ClusterObject(kind, "ml", "echo", "u-1", 7, 0, "{}", status);
  }
}
