package io.fairlead.router.tls;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A certificate and its key as a Secret of Kubernetes holds them: under {@code cert.pem} and {@code
 * key.pem}, or under {@code tls.crt} and {@code tls.key}.
 *
 * @param name as in messages
 * @param entries of the Secret; none if there is no such Secret
 * @param problem why there are none; empty if there are
 */
public record PemSecret(String name, Map<String, String> entries, String problem) {
  private static final String EXPECTED =
      "(expected: cert.pem and key.pem, or tls.crt and tls.key, PEM)";

  public PemSecret {
    entries = Map.copyOf(entries);
  }

  /** Returns the chain and the key, each as if it were a file. */
  List<PemFile> files() {
    boolean isDocumented = entries.containsKey("cert.pem") || entries.containsKey("key.pem");
    return isDocumented
        ? List.of(file("cert.pem"), file("key.pem"))
        : List.of(file("tls.crt"), file("tls.key"));
  }

  private PemFile file(String key) {
    String text = entries.get(key);
    Path path = Path.of("Secret " + name, key);
    if (text != null) {
      return new PemFile(path, text, "");
    }
    return new PemFile(path, "", (problem.isEmpty() ? "missing" : problem) + " " + EXPECTED);
  }

  /** Says which entries there are, and nothing of what they hold. */
  @Override
  public String toString() {
    return "PemSecret[" + name + " " + entries.keySet() + "]";
  }
}
