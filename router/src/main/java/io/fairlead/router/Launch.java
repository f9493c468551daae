package io.fairlead.router;

import io.fairlead.router.config.DemoSettings;
import io.fairlead.router.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** Starts a router and keeps it until a signal ends it. */
record Launch(PrintWriter out, PrintWriter err) implements Launcher {
  private static final int OK = 0;
  private static final int CANNOT_START = 2;
  private static final int INTERRUPTED = 130;

  @Override
  public int serve(Settings settings) {
    Logging.use(settings.logFormat());
    return run(List.of(settings), routers -> "");
  }

  @Override
  public int demo(DemoSettings asked) {
    try (Demo demo = new Demo(asked)) {
      return run(demo.settings(asked), demo::hints);
    } catch (IOException e) {
      err.println("fairlead: demo: " + e.getMessage());
      return CANNOT_START;
    }
  }

  /**
   * Prints the ready line of the first router and what {@code hints} says, and waits for the end.
   */
  private int run(List<Settings> all, Function<List<Router>, String> hints) {
    CountDownLatch asked = untilSignal(); // one that comes during the start is not lost
    List<Router> routers = new ArrayList<>();
    try {
      for (Settings settings : all) {
        Router router = Router.start(settings);
        routers.add(router);
        if (!router.awaitServing(() -> asked.getCount() == 0)) {
          return OK;
        }
      }
      out.println(routers.getFirst().ready());
      out.print(hints.apply(routers));
      out.flush();
      asked.await();
      for (Router router : routers) {
        router.drain();
      }
      return OK;
    } catch (StartFailure e) {
      e.lines().forEach(line -> err.println("fairlead: " + line));
      return CANNOT_START;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    } finally {
      routers.forEach(Router::close);
    }
  }

  /** The first SIGTERM or SIGINT opens the latch; a second one ends the process at once. */
  private static CountDownLatch untilSignal() {
    var asked = new CountDownLatch(1);
    for (String name : new String[] {"TERM", "INT"}) {
      Signals.handle(
          name,
          number -> {
            if (asked.getCount() == 0) {
              Runtime.getRuntime().halt(128 + number);
            }
            asked.countDown();
          });
    }
    return asked;
  }
}
