package io.fairlead.bench.openloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.bench.client.Protocol;
import java.net.URI;
import org.junit.jupiter.api.Test;

class TargetsTest {
  @Test
  void takesAddressAndPathFromAnUrl() {
    var target = Targets.at(URI.create("https://127.0.0.1:8443/a/score"), Protocol.TLS1);

    assertThat(target.address().getPort()).isEqualTo(8443);
    assertThat(target.path()).isEqualTo("/a/score");
  }

  @Test
  void refusesASchemeThatIsNotTheProtocols() {
    var url = URI.create("http://127.0.0.1:8080/score");

    assertThatThrownBy(() -> Targets.at(url, Protocol.H2)).hasMessageContaining("https://");
  }

  @Test
  void refusesAnUrlWithoutAPort() {
    var url = URI.create("http://localhost/score");

    assertThatThrownBy(() -> Targets.at(url, Protocol.H1)).hasMessageContaining("PORT");
  }
}
