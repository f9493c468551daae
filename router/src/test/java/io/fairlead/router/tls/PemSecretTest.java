package io.fairlead.router.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PemSecretTest {
  @Test
  void takesTheDocumentedNames() {
    var secret = new PemSecret("ml/tls", Map.of("cert.pem", "A", "key.pem", "B"), "");

    assertThat(secret.files()).extracting(PemFile::text).containsExactly("A", "B");
  }

  @Test
  void takesThoseOfKubernetes() {
    var secret = new PemSecret("ml/tls", Map.of("tls.crt", "A", "tls.key", "B", "ca.crt", "C"), "");

    assertThat(secret.files()).extracting(PemFile::text).containsExactly("A", "B");
  }

  @Test
  void halfAPairIsNoPair() {
    var secret = new PemSecret("ml/tls", Map.of("cert.pem", "A", "tls.key", "B"), "");

    TlsProblem problem =
        catchThrowableOfType(TlsProblem.class, () -> secret.files().get(1).blocks());
    assertThat(problem.lines())
        .isEqualTo(
            List.of(
                "Secret ml/tls/key.pem: missing"
                    + " (expected: cert.pem and key.pem, or tls.crt and tls.key, PEM)"));
  }

  @Test
  void saysWhyThereIsNone() {
    var secret = new PemSecret("ml/tls", Map.of(), "no such Secret");

    TlsProblem problem =
        catchThrowableOfType(TlsProblem.class, () -> secret.files().get(0).blocks());
    assertThat(problem.lines().getFirst()).startsWith("Secret ml/tls/tls.crt: no such Secret");
  }

  @Test
  void showsNoKey() {
    assertThat(new PemSecret("ml/tls", Map.of("key.pem", "secret"), "").toString())
        .contains("key.pem")
        .doesNotContain("secret");
  }
}
