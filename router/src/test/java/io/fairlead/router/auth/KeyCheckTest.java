package io.fairlead.router.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fairlead.router.auth.Verdict.Granted;
import io.fairlead.router.auth.Verdict.Refused;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.RouterError;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyCheckTest {
  private static final String PRIMARY = "primary-key-0123456789";
  private static final String SECONDARY = "secondary/key+0123456789==";
  private static final Gate GATE = gate(PRIMARY, SECONDARY);

  private final CredentialCheck check = new CredentialCheck();

  @Test
  void eitherKeyOpensAndTellsItsCaller() {
    assertThat(check("Bearer " + PRIMARY)).isEqualTo(new Granted(CallerId.PRIMARY_KEY));
    assertThat(check("Bearer " + SECONDARY)).isEqualTo(new Granted(CallerId.SECONDARY_KEY));
  }

  @Test
  void aKeyThatIsBothCountsAsThePrimary() {
    Gate same = gate(PRIMARY, PRIMARY);
    assertThat(check.check(Requests.with("Bearer " + PRIMARY), same, 0))
        .isEqualTo(new Granted(CallerId.PRIMARY_KEY));
  }

  /** RFC 9110 11.1: a scheme is case-insensitive; 11.4: one or more blanks follow. */
  @ParameterizedTest
  @ValueSource(strings = {"bearer ", "BEARER ", "bEaReR   "})
  void theSchemeIsTakenInAnyCase(String scheme) {
    assertThat(check(scheme + PRIMARY)).isInstanceOf(Granted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "primary-key-012345678", // shorter
        "primary-key-01234567890", // longer
        "Primary-key-0123456789",
        "primary-key-0123456789=",
        "secondary/key+0123456789=",
        "0"
      })
  void whatIsNoKeyIsRefusedWithoutAWordOfWhatWasWrong(String key) {
    Refused refused = (Refused) check("Bearer " + key);
    assertThat(refused.refusal().error()).isEqualTo(RouterError.UNAUTHORIZED);
    assertThat(refused.refusal().detail()).isEqualTo("authorization: no key of this endpoint");
    assertThat(refused.challenge()).isEqualTo("Bearer error=\"invalid_token\"");
  }

  @Test
  void nothingSentIsAskedForOnly() {
    Refused refused = (Refused) check();
    assertThat(refused.challenge()).isEqualTo("Bearer");
    assertThat(refused.refusal().detail()).startsWith("authorization: missing (expected: ");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "||",
        "|Bearer|",
        "|Basic dXNlcjpwYXNz|",
        "|Bearer=primary-key-0123456789|",
        "|Bearerprimary-key-0123456789|",
        "|Bearer\tprimary-key-0123456789|",
        "|Bearer ==|",
        "|Bearer a=b|",
        "|Bearer primary-key-0123456789,|",
        "|Bearer primary-key-0123456789, Bearer primary-key-0123456789|",
        "|Bearer primary-key-0123456789 x|",
        "|Bearer \"primary-key-0123456789\"|",
        "|Bearer pr\u00efmary-key-0123456789|",
        "|primary-key-0123456789|"
      })
  void anotherFormIsMalformed(String value) {
    Refused refused = (Refused) check(value);
    assertThat(refused.refusal().detail()).startsWith("authorization: malformed (expected: ");
  }

  @Test
  void twoCredentialsAreRefusedThoughBothAreGood() {
    Refused refused = (Refused) check("Bearer " + PRIMARY, "Bearer " + SECONDARY);
    assertThat(refused.refusal().detail()).startsWith("authorization: more than one");
  }

  @Test
  void eightKibibytesAreTheMost() {
    assertThat(((Refused) check("Bearer " + "k".repeat(8192))).refusal().detail())
        .isEqualTo("authorization: no key of this endpoint");
    assertThat(((Refused) check("Bearer " + "k".repeat(8193))).refusal().detail())
        .isEqualTo("authorization: too long (expected: at most 8192 bytes)");
  }

  @Test
  void anOpenGateLooksAtNothing() {
    assertThat(check.check(Requests.with("Bearer x", "Basic y"), Gate.OPEN, 0))
        .isEqualTo(new Granted(CallerId.ANONYMOUS));
  }

  /** So the time of an answer says nothing of the keys: the work is the same for each. */
  @Test
  void bothKeysAreComparedWhicheverWasSent() {
    for (String sent : List.of(PRIMARY, SECONDARY, "neither-of-them-0123456789")) {
      var accepted = new CountingList(KeyDigest.of(PRIMARY), KeyDigest.of(SECONDARY));
      CredentialCheck.matching(accepted, sha256(sent));
      assertThat(accepted.looks).as(sent).isEqualTo(2);
    }
  }

  /** Also where nothing was sent that could be one. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "Basic dXNlcjpwYXNz", "Bearer ", "Bearer wrong", "Bearer not,a,credential"})
  void somethingIsDigestedWhateverWasSent(String sent) {
    var digests = new CountingDigests();
    var counted = new CredentialCheck(digests);
    Head head = sent.isEmpty() ? Requests.with() : Requests.with(sent);
    assertThat(counted.check(head, GATE, 0)).isInstanceOf(Refused.class);
    assertThat(digests.made).isEqualTo(1);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Keys that count how often one of them is looked at. */
  private static final class CountingList extends AbstractList<KeyDigest> {
    private final KeyDigest[] keys;
    int looks;

    CountingList(KeyDigest... keys) {
      this.keys = keys;
    }

    @Override
    public KeyDigest get(int index) {
      looks++;
      return keys[index];
    }

    @Override
    public int size() {
      return keys.length;
    }
  }

  /** Counts the digests that are made; what of does not matter. */
  private static final class CountingDigests extends MessageDigest {
    int made;

    CountingDigests() {
      super("counting");
    }

    @Override
    protected void engineUpdate(byte input) {}

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {}

    @Override
    protected byte[] engineDigest() {
      made++;
      return new byte[32];
    }

    @Override
    protected void engineReset() {}
  }

  @Test
  void aKeyIsCheckedWithoutAllocation() {
    Head[] heads = {
      Requests.with("Bearer " + PRIMARY),
      Requests.with("Bearer " + SECONDARY),
      Requests.with("Bearer no-key-of-this-endpoint"),
      Requests.with()
    };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    check(heads, 1_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    int granted = check(heads, 10_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(granted).isEqualTo(20_000);
    // the reading itself may allocate a little; one byte a request would be 40 000
    assertThat(allocated).isLessThan(10_000);
  }

  private int check(Head[] heads, int times) {
    int granted = 0;
    for (int i = 0; i < times; i++) {
      for (Head head : heads) {
        granted += check.check(head, GATE, 0) instanceof Granted ? 1 : 0;
      }
    }
    return granted;
  }

  private Verdict check(String... authorization) {
    return check.check(Requests.with(authorization), GATE, 0);
  }

  private static Gate gate(String primary, String secondary) {
    var keys = new Authentication.Keys(List.of(KeyDigest.of(primary), KeyDigest.of(secondary)));
    return Gate.of(keys);
  }
}
