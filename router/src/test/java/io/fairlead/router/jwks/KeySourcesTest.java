package io.fairlead.router.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import io.fairlead.router.control.TokenKeysState;
import io.fairlead.router.model.Access;
import io.fairlead.router.model.AuthMode;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.TokenKeys;
import io.fairlead.router.model.TrafficSplit;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySourcesTest {
  @TempDir Path directory;
  private final Notes notes = new Notes();
  private final Semaphore answers = new Semaphore(0);
  private volatile long now;
  private final KeySources sources =
      new KeySources(
          uri -> {
            answers.acquire();
            return Sets.of("remote");
          },
          Thread.ofVirtual().factory(),
          () -> now,
          new SplittableRandom(1),
          notes);

  @AfterEach
  void close() {
    sources.close();
  }

  private static Authentication.Token token(TokenKeys keys) {
    return new Authentication.Token(AuthMode.AML_TOKEN, "me", "echo", keys);
  }

  private static ClusterState state(Authentication... each) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (Authentication one : each) {
      endpoints.add(
          Endpoint.open("default", "echo" + endpoints.size(), new TrafficSplit(Map.of()))
              .with(new Access(one, null, false, null, null, 0)));
    }
    return new ClusterState(1, endpoints, List.of());
  }

  @Test
  void keysThatCameWithTheResourcesAreThereAtOnce() {
    var inline = token(new TokenKeys.Inline(Sets.of("given")));
    sources.announce(state(inline));
    assertThat(sources.isSettled()).isTrue();
    assertThat(sources.ring(inline).current()).hasToString("[ES256 given]");
  }

  @Test
  void aFileIsReadAgainWhenItChanges() throws IOException {
    Path file = directory.resolve("keys.json");
    var token = token(new TokenKeys.File(file.toString()));
    sources.announce(state(token));
    assertThat(sources.isSettled()).isTrue();
    assertThat(sources.ring(token).current().size()).isZero();
    assertThat(notes.lines).containsExactly(file + " failed: no such file (expected: a JWK Set)");
    sources.poll();
    assertThat(notes.lines).as("said once").hasSize(1);

    Files.writeString(file, Sets.of("one"));
    sources.poll();
    assertThat(sources.ring(token).current()).hasToString("[ES256 one]");

    Files.writeString(file, "{");
    sources.poll();
    sources.poll();
    assertThat(sources.ring(token).current()).as("the old one stays").hasToString("[ES256 one]");
    assertThat(notes.lines).hasSize(3);

    Files.writeString(file, Sets.of("two"));
    sources.poll();
    assertThat(sources.ring(token).current()).hasToString("[ES256 two]");
  }

  @Test
  void aRemoteSourceIsSettledWhenItHasAnswered() {
    var token = token(new TokenKeys.Url(URI.create("https://keys.example.com/")));
    sources.announce(state(token));
    assertThat(sources.isSettled()).isFalse();
    answers.release();
    await().atMost(Soon.PATIENCE).until(sources::isSettled);
    assertThat(sources.ring(token).current()).hasToString("[ES256 remote]");
  }

  @Test
  void endpointsOfOneSourceShareIt() {
    var url = new TokenKeys.Url(URI.create("https://keys.example.com/"));
    var one = token(url);
    var other = new Authentication.Token(AuthMode.AML_TOKEN, "other", "other", url);
    sources.announce(state(one, other));
    assertThat(sources.ring(one)).isSameAs(sources.ring(other));
  }

  @Test
  void whatIsNotNeededAnyMoreIsForgotten() {
    var kept = token(new TokenKeys.Inline(Sets.of("kept")));
    var gone = token(new TokenKeys.Url(URI.create("https://keys.example.com/")));
    sources.announce(state(kept, gone));
    var ring = sources.ring(kept);
    sources.keep(state(kept));
    assertThat(sources.isSettled()).as("nobody waits for the other").isTrue();
    assertThat(sources.ring(kept)).isSameAs(ring);
  }

  @Test
  void saysHowOldKeysAre() throws IOException {
    Path file = Files.writeString(directory.resolve("keys.json"), Sets.of("one"));
    var good = token(new TokenKeys.File(file.toString()));
    var bad = token(new TokenKeys.File(directory.resolve("none").toString()));
    now = 5_000_000_000L;
    sources.announce(state(good, bad));
    now = 7_500_000_000L;
    assertThat(sources.states(state(good, bad)))
        .extracting(TokenKeysState::keys, TokenKeysState::ageSeconds)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 2.5),
            org.assertj.core.groups.Tuple.tuple(0, Double.POSITIVE_INFINITY));
    sources.poll();
    assertThat(sources.states(state(good)).getFirst().ageSeconds()).isZero();
  }
}
