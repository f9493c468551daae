package io.fairlead.bench.micro;

import io.fairlead.router.http.Head;
import io.fairlead.router.routing.RouteMatch;
import io.fairlead.router.routing.RouteResult;
import io.fairlead.router.routing.RouteTable;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The way from a path to a deployment: look-up, then split. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteLookUp {
  private static final int PATHS = 256;

  /** How many endpoints there are. */
  @Param({"1", "100", "10000"})
  public int routes;

  private final RouteMatch match = new RouteMatch();
  private final RouteMatch found = new RouteMatch();
  private final SplittableRandom random = new SplittableRandom(1);
  private final Head[] heads = new Head[PATHS];
  private final Head unknown = Cluster.head(Cluster.path("no-such-model"));
  private RouteTable table = Cluster.of(1).compile();
  private int next;

  /** Compiles the table and writes paths that are spread over it. */
  @Setup
  public void compile() {
    table = Cluster.of(routes).compile();
    for (int i = 0; i < PATHS; i++) {
      heads[i] = Cluster.head(Cluster.path(Cluster.name(random.nextInt(routes))));
    }
    table.match(heads[0], found);
  }

  /** The look-up alone. */
  @Benchmark
  public RouteMatch match() {
    look(heads[next++ & (PATHS - 1)]);
    return match;
  }

  /** A path that leads nowhere, with the refusal it gets. */
  @Benchmark
  public Object matchNothing() {
    return table.match(unknown, match) == null ? this : match;
  }

  /** The choice among two deployments by weight, alone. */
  @Benchmark
  public RouteResult split() {
    return found.choose(heads[next++ & (PATHS - 1)], random.nextInt());
  }

  /** The look-up and the choice among two deployments by weight. */
  @Benchmark
  public RouteResult matchAndSplit() {
    Head head = heads[next++ & (PATHS - 1)];
    look(head);
    return match.choose(head, random.nextInt());
  }

  private void look(Head head) {
    if (table.match(head, match) != null) {
      throw new IllegalStateException("path: leads nowhere (expected: to an endpoint)");
    }
  }
}
