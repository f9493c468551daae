package io.fairlead.router.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.resource.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs the table of {@code bad-manifests.txt}: what is written, and every message it must give. */
class BadManifestsTest {
  private static final String GOOD_ENDPOINT =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None, traffic: {blue: 100}}
      """;

  private static final String GOOD_DEPLOYMENT =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineDeployment
      metadata: {name: echo-blue}
      spec: {name: blue, endpointName: echo, addresses: ["127.0.0.1:5001"]}
      """;

  /** One entry of the table. */
  private record Case(String written, List<String> messages) {
    /** The tested document comes first, its {@code spec} on line 4; what it needs follows. */
    String yaml() {
      int colon = written.indexOf(": ");
      String text = written.substring(colon + 2).replace("\\n", "\n").replace("\\t", "\t");
      return switch (written.substring(0, colon)) {
        case "endpoint" ->
            GOOD_ENDPOINT.replaceAll("spec: .*", "spec: {" + text + "}")
                + "---\n"
                + GOOD_DEPLOYMENT;
        case "deployment" ->
            GOOD_DEPLOYMENT.replaceAll("spec: .*", "spec: {" + text + "}")
                + "---\n"
                + GOOD_ENDPOINT;
        case "secret" -> "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\n" + text;
        case "file" -> text;
        case "beside" -> text + "\n---\n" + GOOD_ENDPOINT + "---\n" + GOOD_DEPLOYMENT;
        default -> throw new IllegalArgumentException(written);
      };
    }
  }

  @TestFactory
  Stream<DynamicTest> everyMessageIsExact() throws IOException {
    return cases().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.written(),
                    () ->
                        assertThat(messages(entry.yaml()))
                            .containsExactlyElementsOf(entry.messages())));
  }

  @Test
  void tableIsNotCutShort() throws IOException {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(50);
    assertThat(cases()).allSatisfy(entry -> assertThat(entry.messages()).isNotEmpty());
  }

  @Test
  void goodPartsOfTheTableAreGood() {
    assertThat(messages(GOOD_ENDPOINT + "---\n" + GOOD_DEPLOYMENT)).isEmpty();
  }

  private static List<String> messages(String yaml) {
    Map<String, byte[]> files = Map.of("m.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    return Manifests.read(files, 1) instanceof Reading.Refused refused
        ? refused.problems().stream().map(Problem::toString).toList()
        : List.of();
  }

  private static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream table =
        Objects.requireNonNull(BadManifestsTest.class.getResourceAsStream("bad-manifests.txt"))) {
      for (String line :
          new String(table.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("  ")) {
          cases.getLast().messages().add(line.strip());
        } else if (!line.isEmpty() && !line.startsWith("#")) {
          cases.add(new Case(line, new ArrayList<>()));
        }
      }
    }
    return cases;
  }
}
