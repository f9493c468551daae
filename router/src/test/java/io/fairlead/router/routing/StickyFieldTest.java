package io.fairlead.router.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fairlead.router.http.Head;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StickyFieldTest {
  private static final String SCORE = "/api/v1/endpoint/echo/score";

  private final RouteMatch match = new RouteMatch();
  private final StickyField session = new StickyField("x-session");

  private RouteTable table(int blue, int green) {
    Map<String, Integer> percent = new LinkedHashMap<>();
    percent.put("blue", blue);
    percent.put("green", green);
    return new Routes()
        .endpoint("echo", percent)
        .sticky("x-session")
        .deployment("echo", "blue")
        .deployment("echo", "green")
        .compile();
  }

  private static String chosen(RouteTable table, RouteMatch match, Head head, int random) {
    table.match(head, match);
    return match.choose(head, random) instanceof Target target ? target.deployment().name() : "";
  }

  /** These are promised: a router of any version, anywhere, decides the same. */
  @ParameterizedTest
  @CsvSource({
    "a, 51",
    "b, 43",
    "alice, 20",
    "bob, 96",
    "1, 48",
    "2, 74",
    "12345678901234567890, 78"
  })
  void valuesHaveThePercentsThatWerePublished(String value, int percent) {
    assertThat(session.percent(Routes.headWith(SCORE, "X-Session", value))).isEqualTo(percent);
  }

  @Test
  void equalValuesReachOneDeploymentWhateverChanceSays() {
    RouteTable table = table(50, 50);
    var random = new SplittableRandom(20261109);
    for (int i = 0; i < 100; i++) {
      Head head = Routes.headWith(SCORE, "x-session", "user-" + i);
      String first = chosen(table, match, head, random.nextInt());
      for (int k = 0; k < 10; k++) {
        assertThat(chosen(table, match, head, random.nextInt())).isEqualTo(first);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"numbers", "names", "uuids", "letters"})
  void spreadsValuesOfAllKindsAsTheSplitSays(String kind) {
    RouteTable table = table(90, 10);
    var random = new SplittableRandom(20261110);
    int draws = 20_000;
    int green = 0;
    for (int i = 0; i < draws; i++) {
      String value =
          switch (kind) {
            case "numbers" -> Integer.toString(i);
            case "names" -> "user" + i + "@example.com";
            case "uuids" -> new UUID(random.nextLong(), random.nextLong()).toString();
            default -> "x".repeat(i % 200) + (char) ('a' + i / 200 % 26) + i / 5200;
          };
      Head head = Routes.headWith(SCORE, "x-session", value);
      green += chosen(table, match, head, 0).equals("green") ? 1 : 0;
    }
    // sigma = sqrt(n * 0.9 * 0.1) = 42: four of them
    assertThat(green).isCloseTo(draws / 10, within(170));
  }

  @Test
  void onlyThoseMoveWhosePercentChangesHands() {
    RouteTable before = table(90, 10);
    RouteTable after = table(80, 20);
    int moved = 0;
    for (int i = 0; i < 10_000; i++) {
      Head head = Routes.headWith(SCORE, "x-session", "user-" + i);
      String was = chosen(before, match, head, 0);
      String is = chosen(after, match, head, 0);
      if (!was.equals(is)) {
        moved++;
        assertThat(was).isEqualTo("blue");
      }
    }
    assertThat(moved).isCloseTo(1_000, within(120));
  }

  @ParameterizedTest
  @CsvSource({"x-other, alice", "x-session, ''", "x-sessions, alice"})
  void chanceDecidesWithoutAValue(String name, String value) {
    RouteTable table = table(50, 50);
    Head head = Routes.headWith(SCORE, name, value);
    assertThat(chosen(table, match, head, 0)).isEqualTo("blue");
    assertThat(chosen(table, match, head, -1)).isEqualTo("green");
  }

  @Test
  void fieldsThatTheRouterKnowsItselfMayDecideToo() {
    StickyField field = new StickyField("x-ms-client-request-id");
    assertThat(field.percent(Routes.headWith(SCORE, "X-MS-Client-Request-Id", "alice")))
        .isEqualTo(session.percent(Routes.headWith(SCORE, "x-session", "alice")));
  }

  @Test
  void theDeploymentThatIsNamedGoesBeforeIt() {
    RouteTable table = table(100, 0);
    Head head = Routes.head(SCORE, "green");
    assertThat(chosen(table, match, head, 0)).isEqualTo("green");
  }
}
