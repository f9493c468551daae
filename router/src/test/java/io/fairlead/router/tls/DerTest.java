package io.fairlead.router.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65_535, 65_536})
  void readsWhatItWrites(int length) {
    var content = new byte[length];
    var sequence = Der.sequence(Der.of(Der.OCTET_STRING, content), Der.of(Der.NULL, new byte[0]));

    var read = Der.read(sequence.encoded());

    assertThat(read.parts()).hasSize(2);
    assertThat(read.part(0, Der.OCTET_STRING).encoded())
        .endsWith(content)
        .hasSize(length + (length < 128 ? 2 : length < 256 ? 3 : length < 65_536 ? 4 : 5));
  }

  @ParameterizedTest
  @CsvSource({
    "06092a864886f70d010101, 1.2.840.113549.1.1.1",
    "06032b6570, 1.3.101.112",
    "0603883703, 2.999.3"
  })
  void dotsObjectIdentifiers(String hex, String dotted) {
    assertThat(Der.read(bytes(hex)).dotted()).isEqualTo(dotted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "3001", "30800000", "3081", "308201", "3084000000", "05000500"})
  void refusesWhatIsNotOneValue(String hex) {
    assertThatIllegalArgumentException().isThrownBy(() -> Der.read(bytes(hex)));
  }

  @Test
  void refusesAPartThatIsAnother() {
    var sequence = Der.sequence(Der.of(Der.INTEGER, new byte[1]));

    assertThatIllegalArgumentException().isThrownBy(() -> sequence.part(0, Der.NULL));
    assertThatIllegalArgumentException().isThrownBy(() -> sequence.part(1, Der.INTEGER));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
