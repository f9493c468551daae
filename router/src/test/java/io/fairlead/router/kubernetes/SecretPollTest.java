package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.resource.SecretKey;
import io.fairlead.router.resource.SecretLook;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretPollTest {
  private static final SecretKey KEYS = new SecretKey("ml", "keys");
  private static final String PATH = "/api/v1/namespaces/ml/secrets/keys";

  @TempDir Path directory;
  private final AtomicInteger changes = new AtomicInteger();
  private FakeApiServer server;
  private ApiClient client;
  private SecretPoll poll;
  private Thread thread;

  @BeforeEach
  void start() throws Exception {
    server = new FakeApiServer();
    client = server.client(directory);
    // A clock of which an hour is a second, so that it need not be waited for.
    long origin = System.nanoTime();
    poll =
        new SecretPoll(client, changes::incrementAndGet, () -> (System.nanoTime() - origin) * 3600);
    thread = Thread.ofVirtual().start(poll);
  }

  @AfterEach
  void stop() {
    thread.interrupt();
    client.close();
    server.close();
  }

  @Test
  void aSecretIsFoundAndFollowed() {
    server.answer(PATH, 200, "{\"data\":{\"primaryKey\":\"YWJj\"}}");
    poll.want(Set.of(KEYS));
    awaitLook(new SecretLook.Found(Map.of("primaryKey", "abc")));

    server.answer(PATH, 200, "{\"data\":{\"primaryKey\":\"eHl6\"}}");

    awaitLook(new SecretLook.Found(Map.of("primaryKey", "xyz")));
    Soon.become("told", () -> changes.get() == 2);
  }

  @Test
  void aSecretThatIsNotThereIsSaidToBe() {
    poll.want(Set.of(KEYS));
    awaitLook(new SecretLook.Missing());

    server.answer(PATH, 200, "{}");
    awaitLook(new SecretLook.Found(Map.of()));
  }

  @Test
  void aSecretThatMayNotBeReadIsSaidToBe() {
    server.answer(PATH, 403, "{\"message\":\"forbidden\"}");
    poll.want(Set.of(KEYS));

    awaitLook(new SecretLook.Denied("not allowed to read it"));
  }

  @Test
  void aServerThatFailsTakesNothingAway() throws Exception {
    server.answer(PATH, 200, "{\"data\":{\"primaryKey\":\"YWJj\"}}");
    poll.want(Set.of(KEYS));
    awaitLook(new SecretLook.Found(Map.of("primaryKey", "abc")));

    server.breaks(new FakeApiServer.Answer(503, ""));
    for (int i = 0; i < 5; i++) {
      server.read();
    }

    awaitLook(new SecretLook.Found(Map.of("primaryKey", "abc")));
  }

  @Test
  void whatIsNotWantedAnyMoreIsForgotten() {
    poll.want(Set.of(KEYS));
    awaitLook(new SecretLook.Missing());

    poll.want(Set.of());

    assertThat(poll.looks()).isEmpty();
  }

  @Test
  void nothingShowsWhatASecretHolds() {
    assertThat(new SecretLook.Found(Map.of("primaryKey", "abc")).toString())
        .contains("primaryKey")
        .doesNotContain("abc");
  }

  private void awaitLook(SecretLook look) {
    await()
        .atMost(Soon.PATIENCE)
        .untilAsserted(() -> assertThat(poll.looks()).containsEntry(KEYS, look));
  }
}
