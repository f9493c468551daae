package io.fairlead.bench.openloop;

import io.fairlead.bench.client.Call;
import io.fairlead.bench.model.Behaviour;
import io.fairlead.bench.model.ServiceTime;
import io.fairlead.bench.model.ServiceTime.Fixed;
import io.fairlead.bench.model.ServiceTime.Lognormal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of which model.
 *
 * @param startRate requests per second that any machine serves
 * @param limit requests at once at one replica; 0 for unlimited
 * @param overload null in a scene that looks for the knee
 */
record Scene(
    String name,
    String meaning,
    Behaviour model,
    int requestBytes,
    double startRate,
    int connections,
    int limit,
    Overload.@Nullable Plan overload) {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int MANY = 256;
  private static final int MOST_WAITING = 100_000;

  static final Scene[] ALL = {
    plain("fixed-0", "answers at once", millis(0), KIB, 500),
    plain("fixed-5", "answers after 5 ms", millis(5), KIB, 500),
    plain("fixed-100", "answers after 100 ms", millis(100), KIB, 200),
    plain(
        "lognormal",
        "median 5 ms, sigma 1, 2 s at most",
        new Lognormal(Duration.ofMillis(5), 1, Duration.ofSeconds(2)),
        KIB,
        500),
    new Scene(
        "errors",
        "5 ms, 1 % answered with 500",
        new Behaviour(millis(5), 0.01, KIB, 0, Duration.ZERO, false),
        KIB,
        500,
        MANY,
        0,
        null),
    new Scene(
        "sse",
        "a stream of 20 events, 5 ms apart",
        new Behaviour(millis(0), 0, 64, 20, Duration.ofMillis(5), false),
        KIB,
        100,
        MANY,
        0,
        null),
    plain("body-1k", "1 KiB each way, at once", millis(0), KIB, 500),
    plain("body-64k", "64 KiB each way, at once", millis(0), 64 * KIB, 100),
    new Scene(
        "body-10m",
        "10 MiB each way, at once",
        Behaviour.plain(millis(0), 10 * MIB),
        10 * MIB,
        2,
        16,
        0,
        null),
    new Scene(
        "one-at-a-time",
        "5 ms, hard limit of one request at a replica",
        new Behaviour(millis(5), 0, KIB, 0, Duration.ZERO, true),
        KIB,
        100,
        MANY,
        1,
        null),
    new Scene(
        "overload",
        "5 ms, one request at a replica, at "
            + Overload.TIMES
            + " times what the models can do; the queue is as long as by default",
        Behaviour.plain(millis(5), KIB),
        KIB,
        100,
        MANY,
        1,
        new Overload.Plan(0, MOST_WAITING)),
    new Scene(
        "overload-router",
        "answers at once, at "
            + Overload.TIMES
            + " times what the router can do; callers who find no connection free give up",
        Behaviour.plain(millis(0), KIB),
        KIB,
        500,
        1_000,
        0,
        new Overload.Plan(64, 0)),
  };

  private static Scene plain(
      String name, String meaning, ServiceTime time, int bytes, double startRate) {
    return new Scene(name, meaning, Behaviour.plain(time, bytes), bytes, startRate, MANY, 0, null);
  }

  private static ServiceTime millis(int count) {
    return new Fixed(Duration.ofMillis(count));
  }

  /** Returns whether a status is what the model or, under overload, the router ought to give. */
  boolean expects(int status) {
    return switch (status) {
      case 200 -> true;
      case 500 -> model.errorShare() > 0;
      case 503, Call.NOT_SENT -> overload != null;
      default -> false;
    };
  }
}
