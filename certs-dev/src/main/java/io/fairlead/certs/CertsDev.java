package io.fairlead.certs;

import io.fairlead.certs.DevCertificates.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code certs-dev}: writes a development certificate and the CA to trust for it. */
@Command(
    name = "certs-dev",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a certificate for development: cert.pem (full chain), key.pem, and ca.pem to trust.",
      "Never writes over a file. The CA's own key is forgotten."
    })
public final class CertsDev implements Callable<Integer> {
  private enum Key {
    ec(KeyType.EC),
    rsa2048(KeyType.RSA_2048),
    rsa3072(KeyType.RSA_3072);

    private final KeyType type;

    Key(KeyType type) {
      this.type = type;
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--dir",
      defaultValue = "certs",
      description = "Directory for the files. Default: ${DEFAULT-VALUE}")
  private Path directory = Path.of("certs");

  @Option(
      names = "--name",
      defaultValue = "localhost,127.0.0.1,::1",
      split = ",",
      description = "DNS names and IP addresses of the server. Default: ${DEFAULT-VALUE}")
  private List<String> names = List.of();

  @Option(
      names = "--key",
      defaultValue = "ec",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE} (P-256)")
  private Key key = Key.ec;

  @Option(
      names = "--key-form",
      defaultValue = "pkcs8",
      description = "${COMPLETION-CANDIDATES} (pkcs1: RSA, sec1: EC). Default: ${DEFAULT-VALUE}")
  private KeyForm keyForm = KeyForm.PKCS8;

  @Option(
      names = "--days",
      defaultValue = "90",
      description = "How long it is valid. Default: ${DEFAULT-VALUE}")
  private int days = 90;

  @Option(names = "--expired", description = "Valid until an hour ago, to see what that does.")
  private boolean expired;

  @Option(names = "--client-auth", description = "May prove a client too, as between routers.")
  private boolean clientAuth;

  @Option(names = "--intermediate", description = "Put an intermediate CA into the chain.")
  private boolean intermediate;

  private final Clock clock;
  private final SecureRandom random;

  CertsDev(Clock clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
  }

  public static void main(String[] args) {
    var out = new PrintWriter(System.out, true, System.out.charset());
    var err = new PrintWriter(System.err, true, System.err.charset());
    System.exit(run(Clock.systemUTC(), new SecureRandom(), out, err, args));
  }

  /** Runs the command; returns 0, or 2 if it was refused, with one line on {@code err}. */
  static int run(
      Clock clock, SecureRandom random, PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new CertsDev(clock, random))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler((e, a) -> refuse(err, e))
        .setExecutionExceptionHandler((e, command, result) -> refuse(err, e))
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    var files = DevCertificates.create(request(clock.instant()), directory, random);
    spec.commandLine().getOut().printf("%s%n%s%n%s%n", files.cert(), files.key(), files.ca());
    return 0;
  }

  private Request request(Instant now) {
    if (days < 1 || days > 3650) {
      throw new ParameterException(
          spec.commandLine(), "--days: " + days + " (expected: 1 to 3650)");
    }
    var validity = expired ? Validity.expired(now) : Validity.of(now, Duration.ofDays(days));
    return new Request(new Leaf(names, key.type, validity, clientAuth), keyForm, intermediate);
  }

  private static int refuse(PrintWriter err, Exception e) throws Exception {
    err.println(
        "certs-dev: "
            + switch (e) {
              case FileAlreadyExistsException there ->
                  there.getFile() + ": exists (expected: a new file; nothing was written)";
              case FileSystemException failed ->
                  failed.getFile() + ": cannot be written: " + failed.getClass().getSimpleName();
              case IllegalArgumentException refused -> refused.getMessage();
              case ParameterException refused -> refused.getMessage();
              default -> throw e;
            });
    return CommandLine.ExitCode.USAGE;
  }
}
