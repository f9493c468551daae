package io.fairlead.router.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.TokenKeys;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenCacheTest {
  private static final long NOW = 1_800_000_000L;
  private static final Authentication.Token POLICY =
      new Authentication.Token(AuthMode.AML_TOKEN, "i", "a", new TokenKeys.File("f"));
  private static final KeySet KEYS = KeySet.NONE;

  private final TokenCache cache = new TokenCache();
  private final SplittableRandom random = new SplittableRandom(11);

  @Test
  void findsWhatWasPutUntilItEnds() {
    byte[] digest = digest();
    put(digest, 7, NOW + 10);
    assertThat(find(digest, NOW + 9)).isEqualTo(new Verdict.Granted(7));
    assertThat(find(digest, NOW + 10)).isNull();
  }

  @Test
  void findsNothingElse() {
    assertThat(find(digest(), NOW)).isNull();
    byte[] digest = digest();
    put(digest, 7, NOW + 10);
    for (int i = 0; i < digest.length; i++) {
      byte[] other = digest.clone();
      other[i] ^= 1;
      assertThat(find(other, NOW)).as("another byte %d", i).isNull();
    }
  }

  @Test
  void whatIsPutAgainTakesItsOwnPlace() {
    byte[] digest = digest();
    put(digest, 7, NOW + 10);
    put(digest, 8, NOW + 20);
    assertThat(find(digest, NOW + 15)).isEqualTo(new Verdict.Granted(8));
  }

  @Test
  void holdsABoundedNumber() {
    byte[][] digests = new byte[3 * TokenCache.ENTRIES][];
    for (int i = 0; i < digests.length; i++) {
      digests[i] = digest();
      put(digests[i], i, NOW + 10);
    }
    int found = 0;
    for (byte[] digest : digests) {
      found += find(digest, NOW) == null ? 0 : 1;
    }
    assertThat(found).isLessThanOrEqualTo(TokenCache.ENTRIES).isGreaterThan(3000);
  }

  @Test
  void whatHasEndedMakesRoomFirst() {
    byte[][] same = new byte[TokenCache.WAYS + 1][];
    for (int i = 0; i < same.length; i++) {
      same[i] = digest();
      same[i][0] = 1; // the lowest bits choose the places
      same[i][1] = 0;
    }
    for (int i = 0; i < TokenCache.WAYS; i++) {
      put(same[i], i, i == 3 ? NOW : NOW + 10);
    }
    put(same[TokenCache.WAYS], 99, NOW + 10);
    for (int i = 0; i < same.length; i++) {
      assertThat(find(same[i], NOW) == null).as("entry %d is gone", i).isEqualTo(i == 3);
    }
  }

  private void put(byte[] digest, long caller, long until) {
    cache.put(digest, new TokenCache.Entry(POLICY, KEYS, new Verdict.Granted(caller), until), NOW);
  }

  private Verdict.@Nullable Granted find(byte[] digest, long now) {
    return cache.find(digest, POLICY, KEYS, now);
  }

  private byte[] digest() {
    byte[] digest = new byte[32];
    random.nextBytes(digest);
    return digest;
  }
}
