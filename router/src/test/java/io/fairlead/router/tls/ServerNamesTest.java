package io.fairlead.router.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNamesTest {
  private final ServerNames names =
      new ServerNames(
          List.of("api.example.test", "*.models.test", "localhost"),
          List.of(InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("2001:db8::1")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api.example.test", "API.Example.TEST", "api.example.test.", "a.models.test",
            "A.MODELS.test",
        "localhost", "10.0.0.1", "2001:db8::1", "[2001:db8::1]", "[2001:0DB8:0:0::1]",
      })
  void cover(String host) {
    assertThat(names.cover(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.test",
        "x.api.example.test",
        "models.test",
        ".models.test",
        "a.b.models.test",
        "amodels.test",
        "*.example.test",
        "10.0.0.2",
        "[10.0.0.2]",
        "2001:db8::2",
        "",
        ".",
        "[]",
        "[",
        "localhost.evil",
        "10.0.0.1.test",
      })
  void doNotCover(String host) {
    assertThat(names.cover(host)).isFalse();
  }
}
