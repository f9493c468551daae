package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "123e4567-e89b-12d3-a456-426614174000",
        "123E4567-E89B-12D3-A456-426614174000",
        "00000000-0000-0000-0000-000000000000"
      })
  void knowsAUuid(String text) {
    assertThat(isUuid(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-42661417400",
        "123e4567-e89b-12d3-a456-4266141740000",
        "123e4567-e89b-12d3-a456-42661417400g",
        "123e4567-e89b-12d3-a4564-26614174000",
        "123e4567-e89b-12d3-a456-4266141740\u00e40",
        "{23e4567-e89b-12d3-a456-42661417400}"
      })
  void refusesWhatIsNoUuid(String text) {
    assertThat(isUuid(text)).isFalse();
  }

  @Test
  void writesRandomUuids() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1_000; i++) {
      long high = random.nextLong();
      long low = random.nextLong();
      byte[] to = new byte[40];
      RequestIds.writeRandom(to, 2, high, low);
      UUID uuid = UUID.fromString(new String(to, 2, 36, ISO_8859_1));

      assertThat(uuid.version()).isEqualTo(4);
      assertThat(uuid.variant()).isEqualTo(2);
      assertThat(uuid.getMostSignificantBits() & ~0xf000L).isEqualTo(high & ~0xf000L);
      assertThat(uuid.getLeastSignificantBits() << 2).isEqualTo(low << 2);
      assertThat(to).startsWith(0, 0).endsWith(0, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "abc-DEF_09, abc-DEF_09",
    "'', ''",
    "'a b/c\r\n\u00e4d', abcd",
    "'!!!', ''",
    "0123456789012345678901234567890123456789x, 0123456789012345678901234567890123456789",
    "'    0123456789012345678901234567890123456789', 0123456789012345678901234567890123456789"
  })
  void cutsAClientsId(String id, String expected) {
    byte[] from = ("<" + id + ">").getBytes(ISO_8859_1);
    byte[] to = new byte[50];
    int end = RequestIds.copyClientId(from, 1, from.length - 1, to, 5);

    assertThat(new String(to, 5, end - 5, ISO_8859_1)).isEqualTo(expected);
  }

  private static boolean isUuid(String text) {
    byte[] b = ("<" + text + ">").getBytes(ISO_8859_1);
    return RequestIds.isUuid(b, 1, b.length - 1);
  }
}
