package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownPathTest {
  @ParameterizedTest
  @CsvSource({
    "/api/v1/endpoint/echo/score, /api/v1/endpoint/echo/score",
    "/score?key=secret, /score",
    "/score;token=secret, /score",
    "/score#secret, /score",
    "/, /",
    "ftp://user:secret@models/score, ''",
    "*, ''",
    "'', ''",
  })
  void showsThePathAndNothingThatMayHoldASecret(String path, String shown) {
    Head head = new Head();
    head.reset();
    int from = head.append(path);
    head.path(from, head.length());
    assertThat(new String(head.bytes(), from, ShownPath.end(head) - from, ISO_8859_1))
        .isEqualTo(shown);
  }
}
