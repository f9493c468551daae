package io.fairlead.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Limits;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit is a key, every key a limit, in all three ways. */
class LimitOptionsTest {
  @TempDir Path directory;

  static Iterable<Option<?>> options() {
    return LimitOptions.ALL;
  }

  @ParameterizedTest
  @MethodSource("options")
  void overrideArrivesInExactlyOneLimit(Option<?> option) throws Exception {
    String text = another(option);
    Path file = Files.writeString(directory.resolve("f.yaml"), option.key() + ": " + text + "\n");

    Map<String, Object> byOption = changed(Map.of(option.key(), text), Map.of());
    Map<String, Object> byVariable = changed(Map.of(), Map.of(option.variable(), text));
    Map<String, Object> byFile = changed(Map.of("config", file.toString()), Map.of());

    assertThat(byOption).hasSize(1).isEqualTo(byVariable).isEqualTo(byFile);
    assertThat(byOption.values()).first().isEqualTo(option.parse().apply(text));
  }

  @Test
  void everyLimitHasAKey() throws Exception {
    Set<String> reached = new LinkedHashSet<>();
    for (Option<?> option : LimitOptions.ALL) {
      reached.addAll(changed(Map.of(option.key(), another(option)), Map.of()).keySet());
    }

    assertThat(reached).containsExactlyElementsOf(leaves(Limits.DEFAULT).keySet());
  }

  @Test
  void defaultsAreThoseOfTheDesign() throws Exception {
    assertThat(changed(Map.of(), Map.of())).isEmpty();
  }

  @Test
  void keysAreUniqueAndDocumented() {
    assertThat(Options.all()).extracting(Option::key).doesNotHaveDuplicates();
    assertThat(Options.all())
        .extracting(Option::doc)
        .allSatisfy(doc -> assertThat(doc).endsWith("."));
  }

  /** A value in range that is not the default. */
  private static String another(Option<?> option) {
    long fallback =
        option.fallback() instanceof Duration duration
            ? option.key().endsWith("Ms") ? duration.toMillis() : duration.toSeconds()
            : ((Number) Objects.requireNonNull(option.fallback())).longValue();
    String more = Long.toString(fallback + 1);
    return option.parse().apply(more) == null ? Long.toString(fallback - 1) : more;
  }

  private Map<String, Object> changed(Map<String, String> options, Map<String, String> environment)
      throws Exception {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.put("manifests", directory.toString());
    Map<String, Object> changed = leaves(SettingsReader.serve(all, environment).limits());
    leaves(Limits.DEFAULT).forEach(changed::remove);
    return changed;
  }

  /** The numbers of all groups, by {@code group.name}. */
  private static Map<String, Object> leaves(Limits limits) throws ReflectiveOperationException {
    Map<String, Object> leaves = new LinkedHashMap<>();
    for (RecordComponent group : Limits.class.getRecordComponents()) {
      Object values = group.getAccessor().invoke(limits);
      for (RecordComponent leaf : group.getType().getRecordComponents()) {
        leaves.put(group.getName() + "." + leaf.getName(), leaf.getAccessor().invoke(values));
      }
    }
    return leaves;
  }
}
