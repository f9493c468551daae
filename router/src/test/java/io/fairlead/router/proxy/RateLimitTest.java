package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.ClusterState;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.RateLimit;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How often a caller may ask, over both versions of HTTP and in virtual time. */
class RateLimitTest {
  @RegisterExtension final Stage stage = new Stage();

  private void limit(int rate, int burst) throws Exception {
    stage.setup.endpoint(limited(rate, burst));
    stage.start(stage.replica());
  }

  private static UnaryOperator<Endpoint> limited(int rate, int burst) {
    RateLimit limit = new RateLimit(rate, burst, RateLimit.Per.ENDPOINT);
    return old ->
        old.with(new Access(new Authentication.Anyone(), null, false, null, limit, 1_000));
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatComesTooOftenAndSaysWhenToComeBack(Asker.Version version) throws Exception {
    limit(1, 2);
    try (Asker asker = version.connect(stage.port())) {
      assertThat(asker.score().status()).isEqualTo(200);
      assertThat(asker.score().status()).isEqualTo(200);

      Answer refused = asker.score();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.reason()).isEqualTo("rate_limited");
      assertThat(refused.field("retry-after")).isEqualTo("1");
      assertThat(Long.parseLong(refused.field("retry-after-ms"))).isBetween(1_000L, 1_100L);
      assertThat(refused.body())
          .contains("the rate limit of endpoint echo is reached (expected: at most 1 requests");

      stage.advance(Duration.ofMillis(999));
      assertThat(asker.score().status()).as("a moment early").isEqualTo(429);
      stage.advance(Duration.ofMillis(1));
      assertThat(asker.score().status()).as("at the time told").isEqualTo(200);
    }
  }

  @Test
  void comesAfterTheDeclaredLengthAndBeforeTheDeployment() throws Exception {
    limit(1, 1);
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      Answer tooLarge = asker.ask("POST", TestRouter.SCORE, "x".repeat(1_001));
      assertThat(tooLarge.status()).as("takes no token").isEqualTo(413);
      assertThat(asker.score("azureml-model-deployment: nope").status()).isEqualTo(404);
      Answer refused = asker.score("azureml-model-deployment: nope");
      assertThat(refused.status()).isEqualTo(429);
    }
  }

  @Test
  void aReloadIsNoWayAroundIt() throws Exception {
    limit(1, 1);
    try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
      assertThat(asker.score().status()).isEqualTo(200);
      stage.router().apply(old -> new ClusterState(2, old.endpoints(), old.deployments()));
      assertThat(asker.score().status()).isEqualTo(429);
    }
  }

  @Test
  void bothLoopsCountTogether() throws Exception {
    stage.setup.loops = 2;
    limit(1, 10);
    int in = 0;
    for (int i = 0; i < 30; i++) {
      try (Asker asker = Asker.Version.HTTP1.connect(stage.port())) {
        in += asker.score().status() == 200 ? 1 : 0;
      }
    }
    assertThat(in).isEqualTo(10);
  }
}
