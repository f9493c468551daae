package io.fairlead.router.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.Deployment;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private static final String OPEN = "authMode: None, traffic: {blue: 100}";

  private final Cluster cluster = new Cluster();
  private final Map<String, ClusterObject> objects = new HashMap<>();
  private final List<ObservedPod> pods = new ArrayList<>();
  private final Map<PodSelection, List<ObservedPod>> selected = new HashMap<>();
  private final Map<SecretKey, SecretLook> secrets = new HashMap<>();

  @Test
  void podsWithTheUsualLabelsAreReplicas() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "echo-blue", "name: blue, endpointName: echo, scoring: {port: 8000}");
    pods.add(pod("ml", "a", "10.0.0.1", true));
    pods.add(pod("ml", "b", "10.0.0.2", false));
    pods.add(pod("ml", "c", "", true));
    pods.add(pod("other", "d", "10.0.0.4", true));

    ClusterView view = fold();

    assertThat(view.endpoints()).extracting(Endpoint::name).containsExactly("echo");
    assertThat(replicas(view, "ml", "echo", "blue")).containsExactly(new Replica("10.0.0.1", 8000));
    assertThat(conditions(view, "ml/echo")).isEmpty();
    assertThat(ofDeployment(view, "ml/echo-blue").count())
        .isEqualTo(new Report.Count("blue", 3, 1));
    assertThat(ofDeployment(view, "ml/echo-blue").selector())
        .isEqualTo("ml.azure.com/deployment-name=blue,ml.azure.com/endpoint-name=echo");
  }

  @Test
  void twoPodsOfOneAddressAreOneReplica() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "echo-blue", "name: blue, endpointName: echo");
    pods.add(pod("ml", "a", "10.0.0.1", true));
    pods.add(pod("ml", "b", "10.0.0.1", true));

    assertThat(replicas(fold(), "ml", "echo", "blue")).hasSize(1);
  }

  @Test
  void addressesNeedNoPods() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "echo-blue", "name: blue, endpointName: echo, addresses: ['10.1.1.1:9000']");
    pods.add(pod("ml", "a", "10.0.0.1", true));

    ClusterView view = fold();

    assertThat(replicas(view, "ml", "echo", "blue")).containsExactly(new Replica("10.1.1.1", 9000));
    assertThat(ofDeployment(view, "ml/echo-blue").count())
        .isEqualTo(new Report.Count("blue", 1, 1));
    assertThat(ofDeployment(view, "ml/echo-blue").selector()).isEmpty();
  }

  @Test
  void aSelectorChoosesOtherPods() {
    endpoint("ml", "echo", OPEN);
    deployment(
        "ml", "echo-blue", "name: blue, endpointName: echo, selector: {matchLabels: {b: c, a: x}}");
    pods.add(pod("ml", "a", "10.0.0.1", true));
    PodSelection selection = new PodSelection("ml", "a=x,b=c");

    ClusterView before = fold();
    selected.put(selection, List.of(pod("ml", "z", "10.0.0.9", true)));
    ClusterView after = fold();

    assertThat(before.selections()).containsExactly(selection);
    assertThat(before.isComplete()).isFalse();
    assertThat(after.isComplete()).isTrue();
    assertThat(replicas(after, "ml", "echo", "blue"))
        .containsExactly(new Replica("10.0.0.9", 5001));
  }

  @Test
  void aNewSelectorDoesNotEmptyADeploymentUntilItsPodsAreKnown() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "echo-blue", "name: blue, endpointName: echo");
    pods.add(pod("ml", "a", "10.0.0.1", true));
    fold();

    deployment(
        "ml", "echo-blue", "name: blue, endpointName: echo, selector: {matchLabels: {app: x}}");

    assertThat(replicas(fold(), "ml", "echo", "blue")).hasSize(1);
    selected.put(new PodSelection("ml", "app=x"), List.of());
    assertThat(replicas(fold(), "ml", "echo", "blue")).isEmpty();
  }

  @Test
  void selectorAndAddressesAreOneTooMany() {
    deployment(
        "ml",
        "echo-blue",
        "name: blue, endpointName: echo, addresses: ['10.1.1.1:9000'],"
            + " selector: {matchLabels: {a: b}}");

    assertThat(conditions(fold(), "ml/echo-blue"))
        .containsExactly(
            new Condition(
                Condition.Type.INVALID_SPEC,
                "spec.selector: with addresses (expected: one of the two)"));
  }

  // ---- adoption

  @Test
  void podsWithoutAResourceAreAdoptedOnceSeen() {
    endpoint("ml", "echo", OPEN);
    ClusterView before = fold();
    assertThat(before.deployments()).isEmpty();
    assertThat(types(before, "ml/echo")).containsExactly(Condition.Type.DEPLOYMENT_NOT_FOUND);

    pods.add(pod("ml", "a", "10.0.0.1", true));
    assertThat(replicas(fold(), "ml", "echo", "blue"))
        .containsExactly(new Replica("10.0.0.1", 5001));

    pods.clear(); // model_not_ready from now on, not 404
    ClusterView after = fold();
    assertThat(replicas(after, "ml", "echo", "blue")).isEmpty();
    assertThat(types(after, "ml/echo")).containsExactly(Condition.Type.NO_REPLICAS);
  }

  @Test
  void podsOfADeploymentThatNoTrafficNamesAreNotAdopted() {
    endpoint("ml", "echo", "authMode: None, traffic: {green: 100}");
    pods.add(pod("ml", "a", "10.0.0.1", true));

    assertThat(fold().deployments()).isEmpty();
  }

  @Test
  void aResourceTakesTheAdoptedPodsOver() {
    endpoint("ml", "echo", OPEN);
    pods.add(pod("ml", "a", "10.0.0.1", true));
    fold();

    deployment("ml", "echo-blue", "name: blue, endpointName: echo, scoring: {port: 8000}");

    assertThat(replicas(fold(), "ml", "echo", "blue"))
        .containsExactly(new Replica("10.0.0.1", 8000));
  }

  // ---- Secrets

  @Test
  void keysComeFromTheSecretThatIsNamed() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");

    ClusterView before = fold();
    assertThat(before.secrets()).containsExactly(new SecretKey("ml", "keys"));
    assertThat(before.isComplete()).isFalse();
    assertThat(before.reports()).isEmpty();

    secrets.put(new SecretKey("ml", "keys"), keys("primary-key-primary-key"));
    ClusterView after = fold();
    assertThat(after.isComplete()).isTrue();
    assertThat(accepted(after)).contains(KeyDigest.of("primary-key-primary-key"));
  }

  @Test
  void aSecretThatIsNotThereLetsNobodyIn() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");
    secrets.put(new SecretKey("ml", "keys"), new SecretLook.Missing());

    ClusterView view = fold();

    assertThat(accepted(view)).containsExactly(KeyDigest.OF_NO_KEY);
    assertThat(conditions(view, "ml/echo"))
        .containsExactly(
            new Condition(
                Condition.Type.SECRET_MISSING,
                "spec.authSecretRef.name: keys: no such Secret (expected: a Secret of namespace ml"
                    + " with primaryKey and secondaryKey)"));
  }

  @Test
  void aSecretThatMayNotBeReadIsSaidToBe() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");
    secrets.put(new SecretKey("ml", "keys"), new SecretLook.Denied("not allowed to read it"));

    assertThat(conditions(fold(), "ml/echo").getFirst().message()).contains("not allowed to read");
  }

  @Test
  void halfAKeyPairIsInvalid() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");
    secrets.put(
        new SecretKey("ml", "keys"),
        new SecretLook.Found(Map.of("primaryKey", "primary-key-primary-key")));

    assertThat(conditions(fold(), "ml/echo"))
        .containsExactly(
            new Condition(
                Condition.Type.SECRET_INVALID,
                "spec.authSecretRef.name: Secret keys has no secondaryKey"
                    + " (expected: primaryKey and secondaryKey)"));
  }

  @Test
  void noConditionShowsAKey() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");
    secrets.put(new SecretKey("ml", "keys"), keys("short key"));

    assertThat(types(fold(), "ml/echo")).containsExactly(Condition.Type.SECRET_INVALID);
    assertThat(fold().toString() + contents()).doesNotContain("short key");
  }

  @Test
  void aSecretThatGoesAwayTakesNoKeyAway() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");
    secrets.put(new SecretKey("ml", "keys"), keys("primary-key-primary-key"));
    fold();

    secrets.put(new SecretKey("ml", "keys"), new SecretLook.Missing());
    ClusterView view = fold();

    assertThat(accepted(view)).contains(KeyDigest.of("primary-key-primary-key"));
    assertThat(types(view, "ml/echo")).contains(Condition.Type.SECRET_MISSING);
  }

  @Test
  void aSecretThatChangesChangesTheKeys() {
    endpoint("ml", "echo", "authSecretRef: {name: keys}, traffic: {blue: 100}");
    secrets.put(new SecretKey("ml", "keys"), keys("primary-key-primary-key"));
    fold();

    secrets.put(new SecretKey("ml", "keys"), keys("rotated-key-rotated-key"));

    assertThat(accepted(fold()))
        .contains(KeyDigest.of("rotated-key-rotated-key"))
        .doesNotContain(KeyDigest.of("primary-key-primary-key"));
  }

  // ---- what is bad

  @Test
  void aBadEndpointDisturbsNoOther() {
    endpoint("ml", "bad", "authMode: Nothing, traffic: {blue: 90}");
    endpoint("ml", "echo", OPEN);

    ClusterView view = fold();

    assertThat(conditions(view, "ml/bad"))
        .containsExactly(
            new Condition(
                Condition.Type.INVALID_SPEC,
                "spec.authMode: Nothing (expected: Key, AMLToken, AADToken or None)"),
            new Condition(
                Condition.Type.INVALID_TRAFFIC, "spec.traffic: sum is 90 (expected: 0 or 100)"));
    assertThat(view.endpoints()).contains(endpointOf(view, "echo"));
    assertThat(endpointOf(view, "bad").access().authentication())
        .isEqualTo(new Authentication.Keys(List.of(KeyDigest.OF_NO_KEY)));
  }

  @Test
  void whatWasGoodOfAnEndpointStaysWhenItTurnsBad() {
    endpoint("ml", "echo", OPEN);
    fold();

    endpoint("ml", "echo", "authMode: None, traffic: {blue: 10}");
    ClusterView bad = fold();
    endpoint("ml", "echo", "authMode: None, traffic: {blue: 50, green: 50}");
    ClusterView good = fold();

    assertThat(endpointOf(bad, "echo").traffic().split().percent()).isEqualTo(Map.of("blue", 100));
    assertThat(types(bad, "ml/echo")).contains(Condition.Type.INVALID_TRAFFIC);
    assertThat(endpointOf(good, "echo").traffic().split().percent())
        .isEqualTo(Map.of("blue", 50, "green", 50));
    assertThat(types(good, "ml/echo")).doesNotContain(Condition.Type.INVALID_TRAFFIC);
  }

  @Test
  void anObjectThatIsMadeAnewOwesNothingToTheOldOne() {
    endpoint("ml", "echo", OPEN);
    fold();

    objects.remove("OnlineEndpoint ml/echo");
    objects.put(
        "OnlineEndpoint ml/echo",
        new ClusterObject(ClusterObject.Kind.ENDPOINT, "ml", "echo", "another", 1, 5, "{}", "{}"));

    assertThat(endpointOf(fold(), "echo").access().authentication())
        .isEqualTo(new Authentication.Keys(List.of(KeyDigest.OF_NO_KEY)));
  }

  @Test
  void whatIsNoYamlIsACondition() {
    objects.put(
        "x",
        new ClusterObject(
            ClusterObject.Kind.DEPLOYMENT, "ml", "blue", "u", 1, 0, "{\"spec\": [", "{}"));
    endpoint("ml", "echo", OPEN);

    ClusterView view = fold();

    assertThat(types(view, "ml/blue")).containsExactly(Condition.Type.INVALID_SPEC);
    assertThat(view.endpoints()).hasSize(1);
  }

  @Test
  void aBadDeploymentKeepsWhatWasGood() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "echo-blue", "name: blue, endpointName: echo, scoring: {port: 8000}");
    pods.add(pod("ml", "a", "10.0.0.1", true));
    fold();

    deployment(
        "ml",
        "echo-blue",
        "name: blue, endpointName: echo,"
            + " requestSettings: {maxConcurrentRequestsPerInstance: -1}");
    ClusterView view = fold();

    assertThat(replicas(view, "ml", "echo", "blue")).containsExactly(new Replica("10.0.0.1", 8000));
    assertThat(conditions(view, "ml/echo-blue"))
        .containsExactly(
            new Condition(
                Condition.Type.INVALID_SPEC,
                "spec.requestSettings.maxConcurrentRequestsPerInstance: -1"
                    + " (expected: a whole number, 0 to 100000)"));
  }

  @Test
  void aDeploymentOfNoEndpointSaysSo() {
    deployment("ml", "blue", "endpointName: echo");
    endpoint("other", "echo", OPEN);

    assertThat(types(fold(), "ml/blue-")).isEmpty();
    deployment("ml", "blue-one", "endpointName: echo");
    assertThat(conditions(fold(), "ml/blue-one"))
        .containsExactly(
            new Condition(
                Condition.Type.ENDPOINT_NOT_FOUND,
                "spec.endpointName: echo (expected: an OnlineEndpoint of namespace ml)"));
  }

  @Test
  void anEndpointWithoutTrafficIsServedAndSaysSo() {
    endpoint("ml", "echo", "authMode: None");

    ClusterView view = fold();

    assertThat(view.endpoints()).hasSize(1);
    assertThat(types(view, "ml/echo")).containsExactly(Condition.Type.NO_TRAFFIC);
  }

  // ---- names

  @Test
  void theOlderOfTwoNamespacesHasTheShortPath() {
    endpoint("zoo", "echo", OPEN, 1_000);
    endpoint("abc", "echo", OPEN, 2_000);

    ClusterView view = fold();

    assertThat(view.endpoints()).extracting(Endpoint::namespace).containsExactly("zoo", "abc");
    assertThat(types(view, "zoo/echo")).doesNotContain(Condition.Type.CONFLICT);
    assertThat(conditions(view, "abc/echo"))
        .contains(
            new Condition(
                Condition.Type.CONFLICT,
                "metadata.name: echo is that of an older endpoint in namespace zoo (expected:"
                    + " another name, or callers who use /api/v1/ns/abc/endpoint/echo/...)"));
    assertThat(ofEndpoint(view, "abc/echo").hasShortPath()).isFalse();
    assertThat(ofEndpoint(view, "zoo/echo").hasShortPath()).isTrue();
  }

  @Test
  void aNameIsNotFreeBecauseItsOwnerIsBad() {
    endpoint("zoo", "echo", "authMode: Nothing", 1_000);
    endpoint("abc", "echo", OPEN, 2_000);

    ClusterView view = fold();

    assertThat(view.endpoints()).extracting(Endpoint::namespace).containsExactly("zoo", "abc");
    assertThat(types(view, "abc/echo")).contains(Condition.Type.CONFLICT);
  }

  @Test
  void theOlderOfTwoDeploymentsOfOneNameCounts() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "old", "name: blue, endpointName: echo, addresses: ['10.0.0.1:1']", 1);
    deployment("ml", "new", "name: blue, endpointName: echo, addresses: ['10.0.0.2:2']", 2);

    ClusterView view = fold();

    assertThat(replicas(view, "ml", "echo", "blue")).containsExactly(new Replica("10.0.0.1", 1));
    assertThat(types(view, "ml/old")).isEmpty();
    assertThat(types(view, "ml/new")).containsExactly(Condition.Type.CONFLICT);
  }

  @Test
  void theSameContentsAreTheSameView() {
    endpoint("ml", "echo", OPEN);
    deployment("ml", "echo-blue", "name: blue, endpointName: echo");
    pods.add(pod("ml", "a", "10.0.0.1", true));

    assertThat(fold()).isEqualTo(fold());
  }

  @Test
  void aDeploymentWhosePodsStayIsTheSameObject() {
    endpoint("ml", "echo", "authMode: None, traffic: {blue: 50, green: 50}");
    deployment("ml", "echo-blue", "name: blue, endpointName: echo");
    deployment("ml", "echo-green", "name: green, endpointName: echo");
    pods.add(pod("ml", "a", "10.0.0.1", true));
    List<Deployment> before = fold().deployments();

    pods.add(new ObservedPod("ml", "b", "10.0.0.2", "echo", "green", true));
    List<Deployment> after = fold().deployments();

    assertThat(after.getFirst()).isSameAs(before.getFirst());
    assertThat(after.getLast().replicas()).containsExactly(new Replica("10.0.0.2", 5001));
  }

  // ---- what is there

  private void endpoint(String namespace, String name, String spec) {
    endpoint(namespace, name, spec, 0);
  }

  private void endpoint(String namespace, String name, String spec, long createdMillis) {
    put(ClusterObject.Kind.ENDPOINT, namespace, name, spec, createdMillis);
  }

  private void deployment(String namespace, String name, String spec) {
    deployment(namespace, name, spec, 0);
  }

  private void deployment(String namespace, String name, String spec, long createdMillis) {
    put(ClusterObject.Kind.DEPLOYMENT, namespace, name, spec, createdMillis);
  }

  private void put(
      ClusterObject.Kind kind, String namespace, String name, String spec, long createdMillis) {
    String title = kind.text() + " " + namespace + "/" + name;
    objects.put(
        title,
        new ClusterObject(
            kind, namespace, name, title, 1, createdMillis, "{spec: {" + spec + "}}", "{}"));
  }

  private static ObservedPod pod(String namespace, String name, String address, boolean isReady) {
    return new ObservedPod(namespace, name, address, "echo", "blue", isReady);
  }

  private static SecretLook keys(String primary) {
    return new SecretLook.Found(
        Map.of("primaryKey", primary, "secondaryKey", "secondary-key-secondary"));
  }

  // ---- what became of it

  private ClusterContents contents() {
    return new ClusterContents(
        of(ClusterObject.Kind.ENDPOINT),
        of(ClusterObject.Kind.DEPLOYMENT),
        pods,
        selected,
        secrets);
  }

  private ClusterView fold() {
    return cluster.fold(contents());
  }

  private List<ClusterObject> of(ClusterObject.Kind kind) {
    return objects.values().stream().filter(object -> object.kind() == kind).toList();
  }

  private static Endpoint endpointOf(ClusterView view, String name) {
    return view.endpoints().stream()
        .filter(endpoint -> endpoint.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<KeyDigest> accepted(ClusterView view) {
    return ((Authentication.Keys) view.endpoints().getFirst().access().authentication()).accepted();
  }

  private static List<Replica> replicas(
      ClusterView view, String namespace, String endpoint, String deployment) {
    DeploymentKey key = new DeploymentKey(namespace, endpoint, deployment);
    return view.deployments().stream()
        .filter(each -> each.key().equals(key))
        .map(Deployment::replicas)
        .findFirst()
        .orElseThrow();
  }

  private static List<Condition> conditions(ClusterView view, String name) {
    return view.reports().stream()
        .filter(report -> (report.object().namespace() + "/" + report.object().name()).equals(name))
        .flatMap(report -> report.conditions().stream())
        .toList();
  }

  private static Set<Condition.Type> types(ClusterView view, String name) {
    return conditions(view, name).stream()
        .map(Condition::type)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Report.OfEndpoint ofEndpoint(ClusterView view, String name) {
    return (Report.OfEndpoint) report(view, "OnlineEndpoint " + name);
  }

  private static Report.OfDeployment ofDeployment(ClusterView view, String name) {
    return (Report.OfDeployment) report(view, "OnlineDeployment " + name);
  }

  private static Report report(ClusterView view, String title) {
    return view.reports().stream()
        .filter(report -> report.object().title().equals(title))
        .findFirst()
        .orElseThrow();
  }
}
