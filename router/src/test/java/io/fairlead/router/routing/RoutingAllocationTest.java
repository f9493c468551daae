package io.fairlead.router.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutingAllocationTest {
  private final RouteMatch match = new RouteMatch();
  private final byte[] to = new byte[100];

  @Test
  void routesWithoutAllocation() {
    RouteTable table =
        new Routes()
            .endpoint("echo", Map.of("blue", 100), "/v2")
            .deployment("echo", "blue")
            .compile();
    Head[] heads = {
      Routes.head("/api/v1/endpoint/echo/score"),
      Routes.head("/api/v1/ns/default/endpoint/echo/v2/models"),
      Routes.head("/api/v1/service/echo/swagger.json", "blue"),
    };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    route(table, heads, 1_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    route(table, heads, 10_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // the reading itself may allocate a little; one byte a request would be 30 000
    assertThat(allocated).isLessThan(10_000);
  }

  private void route(RouteTable table, Head[] heads, int times) {
    for (int i = 0; i < times; i++) {
      for (Head head : heads) {
        if (table.match(head, match) != null
            || match.checkMethod(Method.GET) != null
            || !(match.choose(head, i) instanceof Target target)
            || match.writeUpstreamPath(head, target, to, 0) == 0) {
          throw new AssertionError("not routed");
        }
      }
    }
  }
}
