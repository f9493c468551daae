package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the program ends when it is told to. */
@Timeout(120)
class SignalsTest {
  @TempDir Path manifests;

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void requestInFlightIsFinishedBeforeTheEnd(String signal) throws Exception {
    try (var model = StubModel.start("one").hold();
        var router = serve(model);
        var caller = new Caller(router)) {
      var answer = caller.scoreLater("{}");
      model.awaitRequest();

      router.signal(signal);
      await().atMost(Soon.PATIENCE).until(() -> caller.admin("/readyz").statusCode() == 503);
      assertThat(router.isAlive()).isTrue();
      assertThat(answer).isNotDone();
      assertThat(caller.admin("/livez").statusCode()).isEqualTo(200);
      model.release();

      assertThat(answer.get().statusCode()).isEqualTo(200);
      assertThat(answer.get().body()).isEqualTo("one");
      assertThat(answer.get().headers().firstValue("connection")).hasValue("close");
      assertThat(router.awaitEnd().code()).isZero();
    }
  }

  @Test
  void acceptsForTheDrainDelayThoughNotReady() throws Exception {
    try (var model = StubModel.start("one");
        var router = serve(model, "--drain-delay-seconds", "6");
        var caller = new Caller(router)) {
      assertThat(caller.admin("/readyz").statusCode()).isEqualTo(200);

      router.signal("TERM");
      await().atMost(Soon.PATIENCE).until(() -> caller.admin("/readyz").statusCode() == 503);

      try (var newcomer = new Caller(router)) {
        assertThat(newcomer.score("{}").statusCode()).isEqualTo(200);
      }
      assertThat(router.awaitEnd().code()).isZero();
    }
  }

  @Test
  void partsWithCallersBeforeItDrains() throws Exception {
    try (var model = StubModel.start("one");
        var router = serve(model, "--drain-delay-seconds", "12");
        var caller = new Caller(router)) {
      assertThat(caller.score("{}").headers().firstValue("connection")).isEmpty();

      router.signal("TERM");

      await()
          .atMost(Soon.PATIENCE)
          .until(
              () ->
                  caller.score("{}").headers().firstValue("connection").orElse("").equals("close"));
    }
  }

  @Test
  void idleConnectionsDoNotKeepItFromEnding() throws Exception {
    try (var model = StubModel.start("one");
        var router = serve(model);
        var caller = new Caller(router)) {
      assertThat(caller.score("{}").statusCode()).isEqualTo(200); // and stays connected

      router.signal("TERM");

      assertThat(router.awaitEnd().code()).isZero();
      assertThat(router.err()).anyMatch(line -> line.endsWith("drained"));
    }
  }

  @Test
  void secondSignalEndsAtOnce() throws Exception {
    try (var model = StubModel.start("one").hold();
        var router = serve(model);
        var caller = new Caller(router)) {
      var answer = caller.scoreLater("{}");
      model.awaitRequest();
      router.signal("TERM");
      router.awaitLog("draining");

      router.signal("INT");

      assertThat(router.awaitEnd().code()).isEqualTo(130);
      assertThat(answer).failsWithin(java.time.Duration.ofSeconds(10));
    }
  }

  @Test
  void givesUpWhenPatienceIsOver() throws Exception {
    try (var model = StubModel.start("one").hold();
        var router = serve(model, "--drain-seconds", "1");
        var caller = new Caller(router)) {
      var _ = caller.scoreLater("{}");
      model.awaitRequest();

      router.signal("TERM");

      var ended = router.awaitEnd();
      assertThat(ended.code()).isZero();
      assertThat(ended.err()).anyMatch(line -> line.endsWith("1 connection still open after PT1S"));
    }
  }

  private RouterProcess serve(StubModel model, String... more) throws Exception {
    new ManifestFile(manifests).writeOne(model);
    return RouterProcess.serve(manifests, more);
  }
}
