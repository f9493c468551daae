package io.fairlead.router.auth;

import static java.util.Objects.requireNonNull;

import io.fairlead.router.http.Head;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.KeyDigest;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request's {@code Authorization} opens a gate. It belongs to one event loop and
 * allocates nothing for a key, or for a token that was verified before.
 *
 * <p>What is compared of a key is its SHA-256, in constant time, with both keys of the endpoint,
 * whatever was sent: how long a refusal takes says nothing of the keys.
 */
public final class CredentialCheck {
  private static final String EXPECTED = " (expected: Bearer and a credential of this endpoint)";
  private static final Verdict.Refused MISSING =
      Verdict.Refused.missing("authorization: missing" + EXPECTED);
  private static final Verdict.Refused REPEATED =
      Verdict.Refused.invalid("authorization: more than one (expected: one)");
  private static final Verdict.Refused MALFORMED =
      Verdict.Refused.invalid("authorization: malformed" + EXPECTED);
  private static final Verdict.Refused TOO_LONG =
      Verdict.Refused.invalid(
          "authorization: too long (expected: at most " + BearerField.MAX_BYTES + " bytes)");
  private static final Verdict.Refused NO_KEY =
      Verdict.Refused.invalid("authorization: no key of this endpoint");

  private static final Verdict.Granted[] BY_KEY = {
    new Verdict.Granted(CallerId.PRIMARY_KEY), new Verdict.Granted(CallerId.SECONDARY_KEY)
  };

  /** Digested where nothing was sent that could be. */
  private static final byte[] NOTHING = new byte[43];

  private final BearerField field = new BearerField();
  private final MessageDigest sha256;
  private final byte[] digest = new byte[32];
  private final TokenCheck tokens = new TokenCheck();
  private final TokenCache verified = new TokenCache();

  public CredentialCheck() {
    this(newSha256());
  }

  CredentialCheck(MessageDigest sha256) {
    this.sha256 = sha256;
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Checks {@code request} at a second of Unix time. */
  public Verdict check(Head request, Gate gate, long epochSecond) {
    return switch (gate.authentication()) {
      case Authentication.Anyone _ -> Verdict.ANONYMOUS;
      case Authentication.Keys keys -> key(request, keys.accepted());
      case Authentication.Token policy ->
          token(request, policy, requireNonNull(gate.tokenKeys()), epochSecond);
    };
  }

  private Verdict key(Head request, List<KeyDigest> accepted) {
    BearerField.Form form = field.find(request);
    digest(request, form);
    int matching = matching(accepted, digest);
    if (matching >= 0 && form == BearerField.Form.FOUND) {
      return BY_KEY[Math.min(matching, BY_KEY.length - 1)];
    }
    Verdict.Refused refused = refused(form, request);
    return refused == null ? NO_KEY : refused;
  }

  /** Returns which of {@code accepted} it is, else -1; all are compared, whichever it is. */
  static int matching(List<KeyDigest> accepted, byte[] digest) {
    int matching = -1;
    for (int i = 0; i < accepted.size(); i++) {
      boolean matches = accepted.get(i).matches(digest);
      matching = matches && matching < 0 ? i : matching;
    }
    return matching;
  }

  private Verdict token(Head request, Authentication.Token policy, KeyRing ring, long epochSecond) {
    BearerField.Form form = field.find(request);
    KeySet keys = ring.current();
    if (form == BearerField.Form.FOUND) {
      digest(request, form);
      Verdict.Granted known = verified.find(digest, policy, keys, epochSecond);
      if (known != null) {
        return known;
      }
    }
    Verdict.Refused refused = refused(form, request);
    return refused == null ? verify(request, policy, ring, keys, epochSecond) : refused;
  }

  /** A token that is seen for the first time, or for the first time with these keys. */
  private Verdict verify(
      Head request, Authentication.Token policy, KeyRing ring, KeySet keys, long epochSecond) {
    return switch (tokens.verify(
        request.bytes(), field.start(), field.end(), policy, keys, epochSecond)) {
      case TokenCheck.Result.Good good -> {
        var granted = new Verdict.Granted(CallerId.ofSubject(sha256(good.subject())));
        verified.put(
            digest,
            new TokenCache.Entry(policy, keys, granted, good.untilEpochSecond()),
            epochSecond);
        yield granted;
      }
      case TokenCheck.Result.Wrong wrong -> {
        if (wrong.fault() == TokenFault.UNKNOWN_KEY) {
          ring.unknownKey();
        }
        yield wrong.fault().refused;
      }
    };
  }

  private byte[] sha256(String text) {
    return sha256.digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns what is wrong with the form of what was sent; null if nothing is. */
  private Verdict.@Nullable Refused refused(BearerField.Form form, Head request) {
    return switch (form) {
      case FOUND -> field.isSound(request.bytes()) ? null : MALFORMED;
      case MISSING -> MISSING;
      case REPEATED -> REPEATED;
      case MALFORMED -> MALFORMED;
      case TOO_LONG -> TOO_LONG;
    };
  }

  /** Digests what was sent, or as much of nothing. */
  private void digest(Head request, BearerField.Form form) {
    if (form == BearerField.Form.FOUND) {
      sha256.update(request.bytes(), field.start(), field.end() - field.start());
    } else {
      sha256.update(NOTHING);
    }
    try {
      sha256.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 has 32 bytes", e);
    }
  }
}
