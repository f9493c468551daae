package io.fairlead.router.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the TLS certificate of a caller must be.
 *
 * @param caPem certificates of the authorities, from a Secret; null if they are in a file
 * @param caFile path of a file of them; null if they are given
 * @param subjects distinguished names (RFC 4514) or DNS names that are let in; empty for every
 *     certificate of the authorities
 */
public record ClientCertificates(
    @Nullable String caPem, @Nullable String caFile, List<String> subjects) {
  public ClientCertificates {
    subjects = List.copyOf(subjects);
    if ((caPem == null) == (caFile == null)) {
      throw new IllegalArgumentException("clientCertificate: one of caSecretRef and caFile");
    }
  }
}
