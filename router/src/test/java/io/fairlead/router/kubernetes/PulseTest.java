package io.fairlead.router.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.router.Soon;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PulseTest {
  @TempDir Path directory;
  private final AtomicInteger returns = new AtomicInteger();
  private @Nullable Thread thread;

  @AfterEach
  void stop() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Test
  void aServerThatRefusesIsThere() throws Exception {
    try (var server = new FakeApiServer();
        ApiClient client = server.client(directory)) {
      start(client);

      for (int i = 0; i < 3; i++) {
        assertThat(server.read()).isEqualTo("/version?null"); // 404
      }

      assertThat(returns).hasValue(0);
    }
  }

  @Test
  void aServerThatReturnsIsToldOnce() throws Exception {
    int port;
    Pulse pulse;
    try (var server = new FakeApiServer()) {
      server.kubeconfig(directory);
      port = server.port();
      pulse = start(ApiClient.open(directory.resolve("kubeconfig")));
      server.read();
    }
    await().atMost(Soon.PATIENCE).until(pulse::isAway);
    try (var again = new FakeApiServer(port)) {
      await().atMost(Soon.PATIENCE).until(() -> returns.get() == 1);

      again.read();
      again.read();

      assertThat(returns).hasValue(1);
    }
  }

  private Pulse start(ApiClient client) {
    Pulse pulse = new Pulse(client, 20, returns::incrementAndGet);
    thread = Thread.ofVirtual().start(pulse);
    return pulse;
  }
}
