package io.fairlead.router.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/**
 * The library that speaks TLS, and why it was chosen.
 *
 * <p>BoringSSL is native: it is loaded from {@code java.library.path}, where the launcher has it,
 * or else unpacked from its jar into a directory for temporary files ({@code
 * -Dio.netty.native.workdir}). Where that directory is read-only, or mounted {@code noexec}, Netty
 * would say nothing and use the JDK at twice the cost, so this says it.
 *
 * @param description one line for the start-up log and an info metric
 */
public record TlsEngine(Library library, String description) {
  /** What an operator may ask for. */
  public enum Choice {
    AUTO,
    OPENSSL,
    JDK
  }

  /** What there is. */
  public enum Library {
    BORINGSSL(SslProvider.OPENSSL_REFCNT),
    JDK(SslProvider.JDK);

    private final SslProvider provider;

    Library(SslProvider provider) {
      this.provider = provider;
    }

    SslProvider provider() {
      return provider;
    }
  }

  /** Chooses BoringSSL where it can be loaded, unless the JDK is asked for. */
  public static TlsEngine choose(Choice choice) throws TlsProblem {
    if (choice == Choice.JDK) {
      return jdk("asked for");
    }
    if (OpenSsl.isAvailable()) {
      return new TlsEngine(Library.BORINGSSL, OpenSsl.versionString() + " (netty-tcnative)");
    }
    var reason = reason(OpenSsl.unavailabilityCause());
    if (choice == Choice.OPENSSL) {
      throw new TlsProblem(
          "TLS engine: openssl is not available (expected: auto or jdk): " + reason);
    }
    return jdk("BoringSSL is not available: " + reason);
  }

  private static TlsEngine jdk(String why) {
    return new TlsEngine(Library.JDK, "JDK " + Runtime.version() + " (" + why + ")");
  }

  /** The message at the root: what wraps it says only that nothing could be loaded. */
  private static String reason(Throwable failure) {
    var root = failure;
    while (root.getCause() != null || root.getSuppressed().length > 0) {
      root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
    }
    var message = root.getMessage() == null ? "" : root.getMessage();
    return root.getClass().getSimpleName() + ": " + message.lines().findFirst().orElse("");
  }
}
