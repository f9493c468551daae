package io.fairlead.router.jwks;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.auth.CredentialCheck;
import io.fairlead.router.auth.Gate;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.TokenKeys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A source behind a URL in virtual time: the test turns it, and a map is the network. */
class RemoteKeysTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String URL = "https://keys.example.com/jwks";
  private static final Authentication.Token BY_URL =
      new Authentication.Token(
          AuthMode.AML_TOKEN, "me", "echo", new TokenKeys.Url(URI.create(URL + "?secret=1")));
  private static final String ISSUER = "https://login.example.com/tenant/";
  private static final Authentication.Token DISCOVERED =
      new Authentication.Token(AuthMode.AAD_TOKEN, ISSUER, "echo", new TokenKeys.Discovered());

  private final Notes notes = new Notes();
  private final Map<String, String> web = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private long now = 100 * SECOND;

  private String fetch(URI uri) throws FetchFailure {
    asked.add(uri.toString());
    String document = web.get(uri.toString());
    if (document == null) {
      throw new FetchFailure("status 404 (expected: 200)");
    }
    return document;
  }

  private RemoteKeys source(Authentication.Token token) {
    var plan = new RefreshPlan(new SplittableRandom(3), now);
    return new RemoteKeys(token, this::fetch, plan, () -> now, notes);
  }

  @Test
  void takesAndRefreshes() {
    web.put(URL + "?secret=1", Sets.of("one"));
    RemoteKeys keys = source(BY_URL);
    assertThat(keys.source().isTried()).isFalse();
    long delay = keys.turn(now);
    assertThat(keys.source().isTried()).isTrue();
    assertThat(keys.source().ring().current()).hasToString("[ES256 one]");
    assertThat(keys.source().goodNanos()).isEqualTo(now);

    now += delay - 1;
    assertThat(keys.turn(now)).isEqualTo(1);
    assertThat(asked).hasSize(1);
    web.put(URL + "?secret=1", Sets.of("two"));
    now += 1;
    keys.turn(now);
    assertThat(keys.source().ring().current()).hasToString("[ES256 two]");
    assertThat(notes.lines)
        .containsExactly(
            "https://keys.example.com/jwks taken: 1 key",
            "https://keys.example.com/jwks taken: 1 key");
  }

  @Test
  void anEqualSetIsNoNews() {
    web.put(URL + "?secret=1", Sets.of("one"));
    RemoteKeys keys = source(BY_URL);
    now += keys.turn(now);
    var before = keys.source().ring().current();
    keys.turn(now);
    assertThat(asked).hasSize(2);
    assertThat(keys.source().ring().current()).isSameAs(before);
    assertThat(notes.lines).hasSize(1);
  }

  @Test
  void whatWasGoodStaysWhenTheSourceFails() {
    web.put(URL + "?secret=1", Sets.of("one"));
    RemoteKeys keys = source(BY_URL);
    now += keys.turn(now);
    for (String bad : new String[] {"", "<html>", "{\"keys\": []}", "{\"keys\": [{\"kty\": 1}]}"}) {
      web.put(URL + "?secret=1", bad);
      now += keys.turn(now);
      assertThat(keys.source().ring().current()).as(bad).hasToString("[ES256 one]");
    }
    web.clear();
    now += keys.turn(now);
    assertThat(keys.source().ring().current()).hasToString("[ES256 one]");
    assertThat(notes.lines).hasSize(6);
    assertThat(notes.lines.getLast())
        .isEqualTo("https://keys.example.com/jwks failed: status 404 (expected: 200)");
    assertThat(notes.lines).noneMatch(line -> line.contains("secret"));
  }

  @Test
  void discoversKeys() {
    web.put(
        ISSUER + ".well-known/openid-configuration",
        "{\"issuer\": \"" + ISSUER + "\", \"jwks_uri\": \"" + URL + "\"}");
    web.put(URL, Sets.of("one"));
    RemoteKeys keys = source(DISCOVERED);
    keys.turn(now);
    assertThat(keys.source().ring().current()).hasToString("[ES256 one]");
    assertThat(asked).containsExactly(ISSUER + ".well-known/openid-configuration", URL);
  }

  @Test
  void aConfigurationThatIsNotTheIssuersIsNotFollowed() {
    for (String configuration :
        new String[] {
          "",
          "[]",
          "{\"jwks_uri\": \"" + URL + "\"}",
          "{\"issuer\": \"https://login.example.com/\", \"jwks_uri\": \"" + URL + "\"}",
          "{\"issuer\": \"" + ISSUER + "\"}",
          "{\"issuer\": \"" + ISSUER + "\", \"jwks_uri\": \"http://keys.example.com/jwks\"}",
          "{\"issuer\": \"" + ISSUER + "\", \"jwks_uri\": \"file:///etc/passwd\"}",
          "{\"issuer\": \"" + ISSUER + "\", \"jwks_uri\": \"https:///jwks\"}",
          "{\"issuer\": \"" + ISSUER + "\", \"jwks_uri\": \"https://a:b@keys.example.com/\"}"
        }) {
      asked.clear();
      web.put(ISSUER + ".well-known/openid-configuration", configuration);
      RemoteKeys keys = source(DISCOVERED);
      keys.turn(now);
      assertThat(keys.source().isTried()).isTrue();
      assertThat(keys.source().ring().current().size()).as(configuration).isZero();
      assertThat(asked).hasSize(1);
    }
  }

  @Test
  void anUnknownKeyAsksAgainSoonAndTheRouterIsNotMadeToAskMore() {
    web.put(URL + "?secret=1", Sets.of("one"));
    RemoteKeys keys = source(BY_URL);
    keys.turn(now);
    web.put(URL + "?secret=1", Sets.of("two"));

    for (int i = 0; i < 100; i++) {
      callWithKey(keys, "two");
      now += SECOND / 10;
      keys.turn(now);
    }
    assertThat(asked).as("within ten seconds").hasSize(1);
    now += 20 * SECOND;
    keys.turn(now);
    assertThat(asked).hasSize(2);
    assertThat(keys.source().ring().current()).hasToString("[ES256 two]");
  }

  /** A token with a sound form, of which the key is looked for. */
  private static void callWithKey(RemoteKeys keys, String kid) {
    String header = "{\"alg\": \"ES256\", \"kid\": \"" + kid + "\"}";
    String claims = "{\"iss\": \"me\", \"aud\": \"echo\", \"exp\": 2000}";
    String token = base64(header) + "." + base64(claims) + "." + base64("x".repeat(64));
    Head head = new Head();
    head.reset();
    int start = head.append("Bearer " + token);
    head.addField(FieldId.AUTHORIZATION, 0, 0, start, head.length());
    new CredentialCheck().check(head, new Gate(BY_URL, keys.source().ring(), null), 1000);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
