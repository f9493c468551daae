package io.fairlead.router.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a request allocates on its event loop, in bytes, from socket to socket.
 *
 * <p>The loop runs as in production: on a thread of Netty's own kind, without the leak detector,
 * and compiled. What a connection costs is shared by the requests on it.
 */
@Tag("allocation")
class AllocationTest {
  private static final int WARM_UP = 30_000;
  private static final int COUNTED = 10_000;
  private static final int ROUNDS = 4;

  private final AtomicReference<@Nullable Thread> loop = new AtomicReference<>();

  @Test
  void anHttp1RequestAllocatesAtMost100Bytes() throws IOException {
    assertThat(bytesPerRequest(SteadyHttp1Caller::new)).isPositive().isLessThanOrEqualTo(100);
  }

  @Test
  void anHttp2RequestAllocatesAtMost300Bytes() throws IOException {
    assertThat(bytesPerRequest(SteadyHttp2Caller::new)).isPositive().isLessThanOrEqualTo(300);
  }

  /** Opens a connection that asks one question after the other. */
  private interface CallerFactory {
    Caller open(Socket socket) throws IOException;
  }

  /** One connection of one caller. */
  interface Caller {
    /** Sends a request and reads its answer, which must be 200. */
    void call() throws IOException;
  }

  private double bytesPerRequest(CallerFactory callers) throws IOException {
    var setup = new TestRouter.Setup().realTime();
    setup.notesAnswers = false;
    setup.threads =
        task -> {
          Thread thread = new FastThreadLocalThread(task, "allocation-loop");
          loop.set(thread);
          return thread;
        };
    try (var replica = QuickReplica.start();
        var router = setup.start(replica.address());
        var socket = new Socket(InetAddress.getLoopbackAddress(), router.listen())) {
      socket.setTcpNoDelay(true);
      Caller caller = callers.open(socket);
      call(caller, WARM_UP);
      double least = Double.MAX_VALUE;
      for (int i = 0; i < ROUNDS; i++) { // a compiler that has no core to run on comes late
        long before = allocated();
        call(caller, COUNTED);
        least = Math.min(least, (double) (allocated() - before) / COUNTED);
      }
      return least;
    }
  }

  private static void call(Caller caller, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      caller.call();
    }
  }

  private long allocated() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Thread thread = java.util.Objects.requireNonNull(loop.get(), "no loop was started");
    return threads.getThreadAllocatedBytes(thread.threadId());
  }
}
