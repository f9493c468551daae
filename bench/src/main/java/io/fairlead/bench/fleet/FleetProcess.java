package io.fairlead.bench.fleet;

import io.fairlead.bench.client.Protocol;
import io.fairlead.bench.client.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One router of several, as a process. */
final class FleetProcess implements AutoCloseable {
  private static final String PATH = "/api/v1/endpoint/bench/score";
  private static final Pattern READY =
      Pattern.compile("^fairlead ready http=\\S*:(\\d+) admin=\\S*:(\\d+)", Pattern.MULTILINE);

  /** The first start may build the router. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final HttpClient ADMIN =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final Thread atExit;
  private int http;
  private int admin;

  private FleetProcess(Process process) {
    this.process = process;
    this.atExit = new Thread(process::destroyForcibly, "bench-fleet-end");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts it and waits until its ports are open. */
  static FleetProcess start(List<String> command, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var router = new FleetProcess(process);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      Matcher ready = READY.matcher(Files.readString(log));
      if (ready.find()) {
        router.http = Integer.parseInt(ready.group(1));
        router.admin = Integer.parseInt(ready.group(2));
        return router;
      }
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    String said = Files.readString(log);
    router.close();
    throw new IOException("router: not ready (expected: a line 'fairlead ready ...'):\n" + said);
  }

  Target target() {
    return new Target(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), http), Protocol.H1, PATH);
  }

  /** Returns what it says of itself; the missing node if it says nothing. */
  JsonNode status() throws InterruptedException {
    try {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/debug/status"))
              .timeout(Duration.ofSeconds(1))
              .build();
      return JSON.readTree(ADMIN.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      return JSON.missingNode();
    }
  }

  boolean leads() throws InterruptedException {
    return status().at("/leader/leads").asBoolean(false);
  }

  /**
   * Returns whether it may use slots that another coordinator than {@code before} has granted.
   *
   * @param all whether that, if it is this router, must be sure of every slot
   */
  boolean isGranted(String before, boolean all) throws InterruptedException {
    JsonNode fleet = status().at("/fleet");
    return fleet.at("/connected").asBoolean(false)
        && fleet.at("/leased").asBoolean(false)
        && !fleet.at("/coordinator").asString(before).equals(before)
        && (!all || fleet.at("/slotsInDoubt").asInt(1) == 0);
  }

  /** Returns the CPU time that it has used. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** SIGTERM; it goes on until its requests are over. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGSTOP. */
  void stop() {
    signal("STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name + ": exit code " + code + " (expected: 0)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new IllegalStateException("router: still runs (expected: gone 90 s after SIGTERM)");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // an end that has begun already
    }
  }
}
