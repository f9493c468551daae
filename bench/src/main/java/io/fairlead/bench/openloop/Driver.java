package io.fairlead.bench.openloop;

import io.fairlead.bench.client.CallerPool;
import io.fairlead.bench.client.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The generator in the hands of another program, which keeps it warm from round to round: one JSON
 * object per line, an {@link Order} in, a {@link StepResult} out, until there are no more.
 */
final class Driver {
  private static final int MOST_WAITING = 100_000;
  private static final long PATIENCE_SECONDS = 10;

  /** What to send where, how often, and for how long. */
  record Order(
      String url,
      Protocol protocol,
      int connections,
      int streams,
      int body,
      Arrivals arrivals,
      long seed,
      double rate,
      double seconds) {}

  private final JsonMapper json = new JsonMapper();
  private final BufferedReader in;
  private final PrintStream out;

  Driver(BufferedReader in, PrintStream out) {
    this.in = in;
    this.out = out;
  }

  void run() throws IOException, InterruptedException, TimeoutException {
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(json.writeValueAsString(run(json.readValue(line, Order.class))));
      out.flush();
    }
  }

  private static StepResult run(Order order) throws InterruptedException, TimeoutException {
    var target = Targets.at(URI.create(order.url()), order.protocol());
    var bounds = new CallerPool.Bounds(order.connections(), order.streams(), MOST_WAITING);
    var load = new Step.Load(order.rate(), order.seconds());
    var random = new SplittableRandom(order.seed());
    try (var callers = CallerPool.open(target, order.body(), bounds)) {
      return new Step(callers, status -> status == 200, load, order.arrivals(), random)
          .run(PATIENCE_SECONDS);
    }
  }
}
