package io.fairlead.router.auth;

import io.fairlead.router.model.Refusal;
import io.fairlead.router.model.RouterError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** From a caller's certificates to a verdict. Done once for each connection and endpoint. */
public final class CertificateCheck {
  /** There is none: the caller has not shown one, or could not, without TLS. */
  public static final Verdict.Refused MISSING =
      refused("missing (expected: TLS with a certificate that this endpoint takes)");

  private static final Verdict.Refused UNTRUSTED =
      refused("not trusted here (expected: one by an authority of this endpoint)");
  private static final Verdict.Refused ANOTHER_SUBJECT =
      refused("of another subject (expected: one of this endpoint's subjects)");

  private CertificateCheck() {}

  /** Checks {@code chain}, the caller's own certificate first. */
  public static Verdict check(CertificateRule rule, List<X509Certificate> chain) {
    return switch (rule.fit(chain)) {
      case GOOD -> new Verdict.Granted(CallerId.ofSubject(digest(chain.getFirst())));
      case UNTRUSTED -> UNTRUSTED;
      case ANOTHER_SUBJECT -> ANOTHER_SUBJECT;
    };
  }

  private static Verdict.Refused refused(String what) {
    String detail = "client certificate: " + what;
    return new Verdict.Refused(new Refusal(RouterError.UNAUTHORIZED, detail), "Bearer");
  }

  /** Stands for the subject: a renewed certificate has the same. */
  private static byte[] digest(X509Certificate certificate) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(certificate.getSubjectX500Principal().getEncoded());
      String names = String.valueOf(certificate.getSubjectAlternativeNames());
      return sha256.digest(names.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    } catch (CertificateParsingException e) {
      throw new IllegalStateException("a certificate that was verified can be read", e);
    }
  }
}
