package io.fairlead.router.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTimeoutTest {
  private static final String OWN_EXPECTED = " (expected: whole milliseconds, 1 to 300000)";
  private static final String GRPC_EXPECTED =
      " (expected: 1 to 99999999 and one of the units H, M, S, m, u or n)";

  private final CallerTimeout timeout = new CallerTimeout();

  @ParameterizedTest
  @CsvSource({"1, 1", "250, 250", "007, 7", "300000, 300000"})
  void readsWholeMilliseconds(String value, long millis) {
    assertThat(timeout.take(Heads.of("X-Request-Timeout-Ms: " + value))).isNull();
    assertThat(timeout.nanos()).isEqualTo(Duration.ofMillis(millis).toNanos());
  }

  @ParameterizedTest
  @CsvSource({
    "1H, PT1H",
    "2M, PT2M",
    "3S, PT3S",
    "250m, PT0.25S",
    "99999999u, PT99.999999S",
    "7n, PT0.000000007S",
    "99999999S, PT99999999S",
    "99999999H, PT99997200S", // as many whole hours as three years have
  })
  void readsTheFormOfGrpc(String value, Duration time) {
    assertThat(timeout.take(Heads.of("grpc-timeout: " + value))).isNull();
    assertThat(timeout.nanos()).isEqualTo(time.toNanos());
  }

  @Test
  void isNothingWhereNothingIsSaid() {
    timeout.take(Heads.of("x-request-timeout-ms: 5"));

    assertThat(timeout.take(Heads.of("host: x"))).isNull();
    assertThat(timeout.nanos()).as("not that of the last request").isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "300001", "+5", "1.5", "1e3", "5 ms", "5ms", "0x5", "\u0665", "5,6"})
  void refusesWhatIsNoNumberOfMilliseconds(String value) {
    assertRefused(
        timeout.take(Heads.of("x-request-timeout-ms: " + value)),
        "x-request-timeout-ms: " + Heads.latin1(value) + OWN_EXPECTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "S", "5", "0S", "0n", "123456789n", "5s", "5h", "+5S", "5.0S", "5 S", "5mS"})
  void refusesWhatIsNotOfTheFormOfGrpc(String value) {
    assertRefused(
        timeout.take(Heads.of("grpc-timeout: " + value)), "grpc-timeout: " + value + GRPC_EXPECTED);
  }

  @Test
  void namesANegativeTimeOut() {
    assertRefused(
        timeout.take(Heads.of("x-request-timeout-ms: -5")),
        "x-request-timeout-ms: -5, a negative time-out" + OWN_EXPECTED);
    assertRefused(
        timeout.take(Heads.of("grpc-timeout: -5S")),
        "grpc-timeout: -5S, a negative time-out" + GRPC_EXPECTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-request-timeout-ms: 5", "grpc-timeout: 5m"})
  void refusesTheSameFieldTwiceEvenIfEqual(String field) {
    assertRefused(
        timeout.take(Heads.of(field, "host: x", field)),
        field.substring(0, field.indexOf(':')) + ": given more than once (expected: once)");
  }

  @Test
  void namesConflictingDeadlines() {
    assertRefused(
        timeout.take(Heads.of("grpc-timeout: 1S", "x-request-timeout-ms: 999")),
        "x-request-timeout-ms: 999 conflicts with grpc-timeout: 1S"
            + " (expected: one of them, or both the same)");
  }

  @Test
  void takesBothWhereTheyAgree() {
    assertThat(timeout.take(Heads.of("grpc-timeout: 1S", "x-request-timeout-ms: 1000"))).isNull();
    assertThat(timeout.nanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void refusesTheSecondFieldForItself() {
    assertRefused(
        timeout.take(Heads.of("x-request-timeout-ms: 5", "grpc-timeout: soon")),
        "grpc-timeout: soon" + GRPC_EXPECTED);
  }

  @Test
  void quotesNoMoreThanTheBeginning() {
    assertRefused(
        timeout.take(Heads.of("x-request-timeout-ms: " + "9".repeat(5_000))),
        "x-request-timeout-ms: 99999999999999999999..." + OWN_EXPECTED);
  }

  @Test
  void isNotForwardedAsItCame() {
    Head head = Heads.of("grpc-timeout: 1S", "host: x", "x-request-timeout-ms: 1000");

    timeout.take(head);

    assertThat(Heads.kept(head)).containsExactly("host");
  }

  private static void assertRefused(@Nullable Refusal refusal, String detail) {
    assertThat(refusal).isEqualTo(new Refusal(RouterError.BAD_REQUEST, detail));
  }
}
