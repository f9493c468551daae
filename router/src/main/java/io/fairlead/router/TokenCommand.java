package io.fairlead.router;

import io.fairlead.certs.NewFiles;
import io.fairlead.router.config.TokenSettings;
import io.fairlead.router.token.EndpointKeys;
import io.fairlead.router.token.KeyProblem;
import io.fairlead.router.token.SigningKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/** Does what {@code token} is asked for. Each call returns the exit code. */
record TokenCommand(PrintWriter out, PrintWriter err, SecureRandom random) {
  private static final int OK = 0;
  private static final int REFUSED = 2;

  int run(TokenSettings asked) {
    return switch (asked) {
      case TokenSettings.Keygen keygen -> keygen(keygen);
      case TokenSettings.Issue issue -> issue(issue);
      case TokenSettings.Key key -> {
        var keys = new EndpointKeys(random);
        String secret = key.secret();
        out.print(secret == null ? keys.next() + "\n" : keys.secret(secret, key.namespace()));
        yield OK;
      }
    };
  }

  private int keygen(TokenSettings.Keygen asked) {
    SigningKey key = SigningKey.generate(asked.alg(), asked.kid(), random);
    try {
      new NewFiles(
              List.of(
                  new NewFiles.NewFile(asked.keyOut(), key.pem(), true),
                  new NewFiles.NewFile(asked.jwksOut(), key.jwks(), false)))
          .write();
    } catch (FileAlreadyExistsException e) {
      return refuse(e.getFile() + ": exists (expected: a new file; nothing was written)");
    } catch (IOException e) {
      return refuse("cannot be written: " + e);
    }
    out.printf("%s: private key, %s; keep it secret%n", asked.keyOut(), key.algorithm().text());
    out.printf(
        "%s: its public key, kid %s, for token.jwks of an endpoint%n", asked.jwksOut(), key.id());
    return OK;
  }

  private int issue(TokenSettings.Issue asked) {
    try {
      SigningKey key =
          SigningKey.read(Files.readString(asked.key(), StandardCharsets.ISO_8859_1), asked.kid());
      out.println(
          key.token(asked.issuer(), asked.audience(), asked.subject(), Instant.now(), asked.ttl()));
      return OK;
    } catch (KeyProblem e) {
      return refuse("key: " + asked.key() + ": " + e.getMessage());
    } catch (IOException e) {
      return refuse("key: " + asked.key() + ": cannot be read: " + e);
    }
  }

  private int refuse(String line) {
    err.println("fairlead: " + line);
    return REFUSED;
  }
}
