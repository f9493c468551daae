package io.fairlead.router.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fairlead.router.http.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every rule of framing, each as cases with one verdict, however the bytes are split. */
class RuleTableTest {
  /** Up to this length a case is split at every offset; beyond, at some and near its ends. */
  private static final int SPLIT_EVERYWHERE = 600;

  /** The code under test: gives its verdict on bytes that are cut at these offsets. */
  private interface Subject {
    List<String> judge(byte[] wire, int... cuts);
  }

  @TestFactory
  Stream<DynamicContainer> requests() {
    return cases("requests.txt", c -> holds(c, Verdicts::request));
  }

  @TestFactory
  Stream<DynamicContainer> responses() {
    return cases(
        "responses.txt",
        c -> {
          Method method = Method.valueOf(c.given());
          holds(c, (wire, cuts) -> Verdicts.response(method, wire, cuts));
        });
  }

  @TestFactory
  Stream<DynamicContainer> chunks() {
    return cases("chunks.txt", c -> holds(c, Verdicts::chunks));
  }

  @TestFactory
  Stream<DynamicContainer> http2() {
    return cases("http2.txt", c -> matches(c, Verdicts.http2(c.bytes(), c.given().equals("end"))));
  }

  private static Stream<DynamicContainer> cases(String file, Consumer<RuleTable.Case> check) {
    Map<String, Stream.Builder<DynamicTest>> rules = new LinkedHashMap<>();
    for (RuleTable.Case c : RuleTable.read(file)) {
      rules
          .computeIfAbsent(c.rule(), rule -> Stream.builder())
          .add(dynamicTest(c.toString(), () -> check.accept(c)));
    }
    return rules.entrySet().stream().map(e -> dynamicContainer(e.getKey(), e.getValue().build()));
  }

  private static void holds(RuleTable.Case c, Subject subject) {
    byte[] wire = c.wire();
    List<String> whole = subject.judge(wire);
    matches(c, whole);
    assertThat(subject.judge(wire, IntStream.range(1, wire.length).toArray()))
        .as("byte by byte: %s", c)
        .isEqualTo(whole);
    int step = wire.length <= SPLIT_EVERYWHERE ? 1 : wire.length / 97;
    for (int cut = 0; cut <= wire.length; cut += nearAnEnd(cut, wire.length) ? 1 : step) {
      assertThat(subject.judge(wire, cut)).as("split at %d: %s", cut, c).isEqualTo(whole);
    }
  }

  private static boolean nearAnEnd(int cut, int length) {
    return cut < 40 || cut > length - 40;
  }

  private static void matches(RuleTable.Case c, List<String> verdict) {
    assertThat(verdict).as(c.toString()).containsAll(c.tokens());
    assertThat(verdict.stream().filter(word -> !isAttribute(word)))
        .as(c.toString())
        .containsExactlyElementsOf(c.tokens().stream().filter(word -> !isAttribute(word)).toList());
  }

  private static boolean isAttribute(String word) {
    return word.contains("=") && !word.startsWith("LENGTH=") && !word.startsWith("\"");
  }
}
