package io.fairlead.router.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestDirectoryTest {
  private static final String ECHO =
      """
      apiVersion: fairlead.dev/v1alpha1
      kind: OnlineEndpoint
      metadata: {name: echo}
      spec: {authMode: None}
      """;

  private static final String OTHER = ECHO.replace("echo", "other");

  @TempDir Path root;
  private Path directory;
  private ManifestDirectory manifests;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(root.resolve("manifests"));
    manifests = new ManifestDirectory(directory);
  }

  @Test
  void firstLookReadsAtOnce() throws IOException {
    write("a.yaml", ECHO);

    assertThat(names(manifests.poll())).containsExactly("echo");
    assertThat(manifests.poll()).isNull();
  }

  @Test
  void emptyDirectoryIsNothingToServe() {
    assertThat(names(manifests.poll())).isEmpty();
  }

  @Test
  void changeCountsOnceItHasSettled() throws IOException {
    write("a.yaml", ECHO);
    manifests.poll();

    write("b.yaml", OTHER);

    assertThat(manifests.poll()).isNull();
    assertThat(names(manifests.poll())).containsExactly("echo", "other");
    assertThat(manifests.poll()).isNull();
  }

  @Test
  void fileCaughtBetweenTwoWritesIsNotTakenForAShorterOne() throws IOException {
    write("a.yaml", ECHO + "---\n" + OTHER);
    manifests.poll();

    write("a.yaml", ECHO);
    assertThat(manifests.poll()).isNull();
    write("a.yaml", ECHO + "---\n" + OTHER);

    assertThat(manifests.poll()).isNull();
    assertThat(manifests.poll()).isNull();
  }

  @Test
  void badChangeIsReportedOnceAndItsCorrectionRead() throws IOException {
    write("a.yaml", ECHO);
    manifests.poll();

    write("a.yaml", ECHO.replace("None", "Key"));
    manifests.poll();
    assertThat(manifests.poll()).isInstanceOf(Reading.Refused.class);
    assertThat(manifests.poll()).isNull();

    write("a.yaml", ECHO);
    manifests.poll();
    assertThat(names(manifests.poll())).containsExactly("echo");
  }

  @Test
  void versionGrowsWithEachAcceptedChangeOnly() throws IOException {
    write("a.yaml", ECHO);
    assertThat(version(manifests.poll())).isEqualTo(1);

    write("a.yaml", "kind: nonsense");
    manifests.poll();
    assertThat(manifests.poll()).isInstanceOf(Reading.Refused.class);
    write("a.yaml", OTHER);
    manifests.poll();

    assertThat(version(manifests.poll())).isEqualTo(2);
  }

  @Test
  void touchAloneIsNoChange() throws IOException {
    write("a.yaml", ECHO);
    manifests.poll();

    Files.setLastModifiedTime(directory.resolve("a.yaml"), FileTime.fromMillis(0));

    assertThat(manifests.poll()).isNull();
    assertThat(manifests.poll()).isNull();
  }

  @Test
  void renameIsAChangeBecauseItMayChangeTheOrder() throws IOException {
    write("a.yaml", ECHO);
    write("b.yaml", OTHER);
    manifests.poll();

    Files.move(directory.resolve("a.yaml"), directory.resolve("c.yaml"));
    manifests.poll();

    assertThat(names(manifests.poll())).containsExactly("other", "echo");
  }

  @Test
  void swapOfSymbolicLinksIsSeen() throws IOException {
    // The layout of a mounted ConfigMap: a.yaml -> ..data/a.yaml, ..data -> ..1, later ..2
    Files.writeString(Files.createDirectory(directory.resolve("..1")).resolve("a.yaml"), ECHO);
    Files.writeString(Files.createDirectory(directory.resolve("..2")).resolve("a.yaml"), OTHER);
    Path data = directory.resolve("..data");
    Files.createSymbolicLink(data, Path.of("..1"));
    Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    assertThat(names(manifests.poll())).containsExactly("echo");

    Files.delete(data);
    Files.createSymbolicLink(data, Path.of("..2"));
    manifests.poll();

    assertThat(names(manifests.poll())).containsExactly("other");
  }

  @Test
  void onlyManifestsCount() throws IOException {
    write("a.yml", ECHO);
    write("README.md", "kind: [");
    write(".b.yaml", "kind: [");
    write("b.yaml~", "kind: [");
    Files.createDirectory(directory.resolve("c.yaml"));

    assertThat(names(manifests.poll())).containsExactly("echo");
  }

  @Test
  void directoryThatIsGoneIsRefusedOnceAndReadAgainWhenBack() throws IOException {
    write("a.yaml", ECHO);
    manifests.poll();

    Files.move(directory, root.resolve("away"));
    manifests.poll();
    assertThat(manifests.poll()).isInstanceOf(Reading.Refused.class);
    assertThat(manifests.poll()).isNull();
    Files.move(root.resolve("away"), directory);
    manifests.poll();

    assertThat(names(manifests.poll())).containsExactly("echo");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private static List<String> names(@Nullable Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Accepted.class);
    return ((Reading.Accepted) Objects.requireNonNull(reading))
        .state().endpoints().stream().map(Endpoint::name).toList();
  }

  private static long version(@Nullable Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Accepted.class);
    return ((Reading.Accepted) Objects.requireNonNull(reading)).state().version();
  }
}
