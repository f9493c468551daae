package io.fairlead.router.peer;

import io.fairlead.router.fleet.DeploymentGrant;
import io.fairlead.router.fleet.DeploymentReport;
import io.fairlead.router.fleet.Grants;
import io.fairlead.router.fleet.Handover;
import io.fairlead.router.fleet.Heartbeat;
import io.fairlead.router.fleet.Slots;
import io.fairlead.router.model.DeploymentKey;
import io.fairlead.router.model.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Messages of any content that routers may say, drawn from a seed. */
final class Samples {
  private final SplittableRandom random;

  Samples(long seed) {
    random = new SplittableRandom(seed);
  }

  static Heartbeat heartbeat(String router, long incarnation, long sequence) {
    return new Heartbeat(1, router, incarnation, 3, sequence, 0, false, false, List.of());
  }

  static Grants grants(String coordinator, Heartbeat answered) {
    return new Grants(
        1,
        coordinator,
        answered.epoch(),
        answered.sequence(),
        answered.router(),
        answered.incarnation(),
        answered.sequence(),
        5000,
        List.of());
  }

  Heartbeat heartbeat() {
    return new Heartbeat(
        positive(),
        router(),
        random.nextLong(),
        random.nextLong(Long.MAX_VALUE),
        1 + random.nextLong(1L << 40),
        random.nextLong(1L << 40),
        random.nextBoolean(),
        random.nextBoolean(),
        several(
            i -> {
              int queued = random.nextInt(1000);
              return new DeploymentReport(
                  key(i),
                  replicas(),
                  random.nextInt(1000),
                  queued,
                  random.nextInt(-1, queued + 1),
                  random.nextLong(Long.MAX_VALUE),
                  random.nextLong(Long.MAX_VALUE));
            }));
  }

  Grants grants() {
    return new Grants(
        positive(),
        router(),
        random.nextLong(Long.MAX_VALUE),
        1 + random.nextLong(1L << 40),
        router(),
        random.nextLong(),
        1 + random.nextLong(1L << 40),
        1 + random.nextLong(60_000),
        several(this::grant));
  }

  private DeploymentGrant grant(int i) {
    int keep = random.nextInt(1000);
    int queueBound = random.nextInt(1000);
    return new DeploymentGrant(
        key(i),
        replicas(),
        keep,
        random.nextInt(keep + 1),
        queueBound,
        random.nextBoolean() ? -1 : queueBound + random.nextInt(1000),
        random.nextLong(Long.MAX_VALUE));
  }

  Handover handover() {
    return new Handover(
        positive(),
        router(),
        random.nextLong(Long.MAX_VALUE),
        random.nextBoolean(),
        several(
            i ->
                new Handover.Holder(
                    "10.0.0." + i + ":9001",
                    random.nextLong(),
                    several(j -> new Handover.Holding(key(j), replicas())))));
  }

  private int positive() {
    return 1 + random.nextInt(5);
  }

  private String router() {
    return random.nextBoolean() ? "10.1.2." + random.nextInt(256) + ":9001" : "[fd00::1]:9001";
  }

  private DeploymentKey key(int i) {
    return new DeploymentKey(random.nextBoolean() ? "" : "team-a", "endpoint" + i, "blue");
  }

  private List<Slots> replicas() {
    return several(
        i -> {
          int slots = random.nextInt(100);
          String host = random.nextBoolean() ? "10.2.0." + i : "fd00::" + i;
          return new Slots(
              new Replica(host, 1 + random.nextInt(65_535)),
              slots,
              random.nextInt(slots + 1),
              random.nextLong(1L << 40));
        });
  }

  private <T> List<T> several(IntFunction<T> each) {
    List<T> all = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      all.add(each.apply(i));
    }
    return all;
  }
}
