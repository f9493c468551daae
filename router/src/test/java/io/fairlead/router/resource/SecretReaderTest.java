package io.fairlead.router.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretReaderTest {
  @Test
  void whatIsNoBase64IsLeftOut() {
    assertThat(
            SecretReader.decode(
                Map.of("primaryKey", "a2V5", "folded", "a2\nV5", "empty", "", "bad", "k*y")))
        .containsOnly(
            Map.entry("primaryKey", "key"), Map.entry("folded", "key"), Map.entry("empty", ""));
  }
}
