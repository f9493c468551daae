package io.fairlead.router.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:0",
        "0.0.0.0:65535",
        "[::1]:80",
        "[fd00::2:1]:1",
        "localhost:8080",
        "a.b-c.example:1"
      })
  void textGoesThereAndBack(String text) {
    assertThat(Objects.requireNonNull(Address.parse(text)).toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a",
        "a:",
        "a:b",
        "a:-1",
        "a:65536",
        "a:000080",
        "::1:80",
        "[::1]",
        "[::1]80",
        "[::1:80",
        "[127.0.0.1]:80",
        "[fe80::1%lo]:80",
        "[[::1]]:80",
        "127.1:80",
        "1.2.3.256:80",
        "-a:80",
        "a_b:80",
        "a b:80",
        "1:80",
        "a:٣"
      })
  void anythingElseIsNoAddress(String text) {
    assertThat(Address.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.128/25, 10.0.0.127, false",
    "10.0.0.128/25, 10.0.0.128, true",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "::1/128, ::1, true"
  })
  void blockHoldsWhatSharesItsPrefix(String block, String address, boolean isHeld) {
    assertThat(Objects.requireNonNull(Cidr.parse(block)).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(isHeld);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "::/129",
        "a/8"
      })
  void anythingElseIsNoBlock(String text) {
    assertThat(Cidr.parse(text)).isNull();
  }
}
