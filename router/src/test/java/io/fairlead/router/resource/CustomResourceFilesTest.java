package io.fairlead.router.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.fairlead.router.model.RateLimit;
import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.Scoring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the chart's CustomResourceDefinitions to the table of fields that the readers use; run with
 * {@code -Dfairlead.docs.write=true} to write them anew.
 */
class CustomResourceFilesTest {
  private static final Path DIRECTORY = Path.of("..", "charts", "fairlead", "crds");

  @TestFactory
  Stream<DynamicTest> fileIsTheTable() {
    return CustomResource.ALL.stream()
        .map(
            resource ->
                DynamicTest.dynamicTest(
                    resource.file(),
                    () -> {
                      Path file = DIRECTORY.resolve(resource.file());
                      if (Boolean.getBoolean("fairlead.docs.write")) {
                        Files.writeString(file, resource.yaml());
                      }
                      assertThat(file).content().isEqualTo(resource.yaml());
                    }));
  }

  @Test
  void thereAreNoOtherFiles() throws IOException {
    try (var files = Files.list(DIRECTORY)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              CustomResource.ALL.stream().map(CustomResource::file).toList());
    }
  }

  @Test
  void everyMeaningIsASentence() {
    for (CustomResource resource : CustomResource.ALL) {
      for (Field field : all(resource)) {
        assertThat(field.meaning()).as(field.key()).matches("[A-Z].*\\.");
      }
    }
  }

  /** What has no bound makes the rules too expensive for the API server, or itself too large. */
  @Test
  void everythingIsBounded() {
    for (CustomResource resource : CustomResource.ALL) {
      for (Field field : all(resource)) {
        boolean isBounded =
            switch (field) {
              case Field.Text text -> text.longest() > 0 && text.longest() <= 32_768;
              case Field.Texts texts -> texts.most() > 0 && texts.most() <= 1000;
              case Field.Shares shares -> shares.most() > 0 && shares.most() <= 100;
              case Field.Labels labels -> labels.most() > 0;
              case Field.Sections sections -> sections.most() > 0;
              case Field.Section section -> section.keys().containsAll(section.required());
              case Field.Word word -> !word.words().isEmpty();
              case Field.Whole whole -> whole.least() < whole.most();
              case Field.Flag _, Field.Time _ -> true;
            };
        assertThat(isBounded).as(field.key()).isTrue();
      }
    }
  }

  @Test
  void rangesAreThoseOfTheRecords() {
    holds(DeploymentFields.PORT, value -> scoring((int) value));
    holds(DeploymentFields.REQUEST_TIMEOUT_MS, value -> settings(value, 1, 0, 1, 1));
    holds(DeploymentFields.MAX_CONCURRENT_REQUESTS, value -> settings(1, value, 0, 1, 1));
    holds(DeploymentFields.MAX_QUEUE_WAIT_MS, value -> settings(1, 1, value, 1, 1));
    holds(DeploymentFields.BODY_PREFIX_BYTES, value -> settings(1, 1, 0, 1, value));
    holds(EndpointFields.REQUESTS_PER_SECOND, value -> rate(value, 1));
    holds(EndpointFields.BURST, value -> rate(1, value));
  }

  private static void holds(Field.Whole field, LongConsumer make) {
    assertThatNoException().as(field.key()).isThrownBy(() -> make.accept(field.least()));
    assertThatNoException().as(field.key()).isThrownBy(() -> make.accept(field.most()));
    assertThatIllegalArgumentException()
        .as(field.key())
        .isThrownBy(() -> make.accept(field.least() - 1));
    assertThatIllegalArgumentException()
        .as(field.key())
        .isThrownBy(() -> make.accept(field.most() + 1));
  }

  private static void scoring(int port) {
    var like = Scoring.DEFAULT;
    new Scoring(port, like.path(), like.protocol(), null);
  }

  private static void settings(long timeout, long slots, long wait, long length, long prefix) {
    new RequestSettings(
        Duration.ofMillis(timeout),
        (int) slots,
        Duration.ofMillis(wait),
        (int) length,
        (int) prefix,
        RequestSettings.OnClientGone.HOLD,
        false,
        false);
  }

  private static void rate(long perSecond, long burst) {
    new RateLimit((int) perSecond, (int) burst, RateLimit.Per.KEY);
  }

  private static List<Field> all(CustomResource resource) {
    List<Field> all = new ArrayList<>();
    gather(resource.spec(), all);
    gather(resource.status(), all);
    return all;
  }

  private static void gather(Field field, List<Field> to) {
    to.add(field);
    switch (field) {
      case Field.Section section -> section.fields().forEach(inner -> gather(inner, to));
      case Field.Sections sections -> gather(sections.item(), to);
      default -> {}
    }
  }
}
