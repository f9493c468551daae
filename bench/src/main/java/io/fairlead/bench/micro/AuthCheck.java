package io.fairlead.bench.micro;

import io.fairlead.router.auth.CredentialCheck;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.auth.KeyRing;
import io.fairlead.router.auth.KeySetReader;
import io.fairlead.router.auth.KeySetReading;
import io.fairlead.router.auth.TokenAlgorithm;
import io.fairlead.router.auth.Verdict;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.TokenKeys;
import io.fairlead.router.token.SigningKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs to let a caller in: by key, by a token that is known, by one that is not. */
public class AuthCheck {
  private static final long NOW = 1_800_000_000L;

  private AuthCheck() {}

  private static Head head(String credential) {
    Head head = new Head();
    head.reset();
    int start = head.append("Bearer " + credential);
    head.addField(FieldId.AUTHORIZATION, 0, 0, start, head.length());
    return head;
  }

  private static final String PRIMARY = "hx3BIQG0P3wbGUM3SuJ9Gpj1SPFo1XAJ7dTkwLm1Y5c";

  private static Gate keys() {
    return Gate.of(
        new Authentication.Keys(
            List.of(KeyDigest.of(PRIMARY), KeyDigest.of("another-key-0123456789"))));
  }

  /** Keys. */
  @State(Scope.Thread)
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public static class Keys {
    private final CredentialCheck check = new CredentialCheck();
    private final Head request = head(PRIMARY);
    private final Gate gate = keys();

    /** Nothing is asked for. */
    @Benchmark
    public Verdict none() {
      return check.check(request, Gate.OPEN, NOW);
    }

    /** The primary key. */
    @Benchmark
    public Verdict key() {
      return check.check(request, gate, NOW);
    }
  }

  /** What is no key, at its first character, at its last, and everywhere: each as long as a key. */
  @State(Scope.Thread)
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public static class WrongKeys {
    /** What is sent. */
    @Param({
      "Hx3BIQG0P3wbGUM3SuJ9Gpj1SPFo1XAJ7dTkwLm1Y5c",
      "hx3BIQG0P3wbGUM3SuJ9Gpj1SPFo1XAJ7dTkwLm1Y5C",
      "0000000000000000000000000000000000000000000"
    })
    public String sent = PRIMARY;

    private final CredentialCheck check = new CredentialCheck();
    private final Gate gate = keys();
    private Head request = head("none");

    /** Makes the request. */
    @Setup
    public void ask() {
      request = head(sent);
    }

    /** Refused. */
    @Benchmark
    public Verdict refused() {
      return check.check(request, gate, NOW);
    }
  }

  /** Tokens of each algorithm. */
  @State(Scope.Thread)
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public static class Tokens {
    /** What signs them. */
    @Param({"RS256", "ES256", "EDDSA"})
    public TokenAlgorithm algorithm = TokenAlgorithm.ES256;

    private final CredentialCheck check = new CredentialCheck();
    private Head request = head("none");
    private Gate[] gates = {};
    private int next;

    /** Makes a token, and two gates whose keys are never the same object. */
    @Setup
    public void issue() {
      SigningKey key = SigningKey.generate(algorithm, "k1", new SecureRandom());
      request =
          head(key.token("me", "echo", "alice", Instant.ofEpochSecond(NOW), Duration.ofHours(1)));
      gates = new Gate[] {gate(key), gate(key)};
    }

    private static Gate gate(SigningKey key) {
      var policy =
          new Authentication.Token(AuthMode.AML_TOKEN, "me", "echo", new TokenKeys.File("unused"));
      return switch (KeySetReader.read(key.jwks())) {
        case KeySetReading.Accepted accepted -> new Gate(policy, KeyRing.of(accepted.keys()), null);
        case KeySetReading.Refused refused -> throw new IllegalStateException(refused.reason());
      };
    }

    /** A token that was verified before. */
    @Benchmark
    public Verdict known() {
      return check.check(request, gates[0], NOW);
    }

    /** One that has to be verified: what another gate knows of it is of no use. */
    @Benchmark
    public Verdict unknown() {
      return check.check(request, gates[next++ & 1], NOW);
    }
  }
}
