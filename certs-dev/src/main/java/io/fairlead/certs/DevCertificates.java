package io.fairlead.certs;

import io.fairlead.certs.NewFiles.NewFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/**
 * A development certificate as three files: what a server serves ({@code cert.pem}, {@code
 * key.pem}) and what its clients trust ({@code ca.pem}).
 */
public final class DevCertificates {
  private DevCertificates() {}

  /**
   * What to make.
   *
   * @param intermediate whether an intermediate authority stands between root and leaf
   */
  public record Request(Leaf leaf, KeyForm keyForm, boolean intermediate) {}

  /**
   * The files made. {@code cert} holds the full chain: leaf, intermediate if asked for, root.
   *
   * @param key without a passphrase, readable by its owner alone
   */
  public record CertificateFiles(Path cert, Path key, Path ca) {
    /** The names the files have in {@code directory}. */
    public static CertificateFiles in(Path directory) {
      return new CertificateFiles(
          directory.resolve("cert.pem"), directory.resolve("key.pem"), directory.resolve("ca.pem"));
    }
  }

  /**
   * Makes an authority, lets it issue one certificate, and forgets its key.
   *
   * @param directory created if it is missing, then readable by its owner alone
   * @throws FileAlreadyExistsException if one of the files is there; nothing is written then
   */
  public static CertificateFiles create(Request request, Path directory, SecureRandom random)
      throws IOException {
    var leaf = request.leaf();
    var root = Authority.create("Fairlead development CA", leaf.keyType(), leaf.validity(), random);
    var issuer =
        request.intermediate()
            ? root.intermediate("Fairlead development intermediate CA", leaf.validity())
            : root;
    var certified = issuer.issue(leaf);
    var files = CertificateFiles.in(directory);
    new NewFiles(
            List.of(
                new NewFile(files.key(), Pem.of(certified.key(), request.keyForm()), true),
                new NewFile(files.ca(), Pem.of(List.of(root.certificate())), false),
                new NewFile(files.cert(), Pem.of(certified.chain()), false)))
        .write();
    return files;
  }
}
