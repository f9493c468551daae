package io.fairlead.router.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What runs in a pod of {@link Kubelet}. */
public interface Container {
  /** Asks it to end, as SIGTERM does. */
  void terminate();

  /** Returns whether it has ended, waiting for that. */
  boolean awaitEnd(long millis) throws InterruptedException;

  /** Returns how it ended; 0 is well. */
  int exitCode();

  /** Ends it at once. */
  void kill();

  /** How containers of one image are started. */
  interface Image {
    /** Starts one. */
    Container start(Start start) throws Exception;
  }

  /**
   * What a pod says of its container.
   *
   * @param address of the pod
   * @param arguments with variables replaced, and files where they are
   * @param log where it may write
   */
  record Start(
      String pod,
      String address,
      List<String> arguments,
      Map<String, String> environment,
      Path log) {}

  /** A program of its own. */
  record Program(Process process) implements Container {
    /** Starts {@code command} with the environment of {@code start} and nothing more. */
    public static Program start(List<String> command, Start start) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(start.log().toFile());
      builder.environment().clear();
      builder.environment().putAll(start.environment());
      return new Program(builder.start());
    }

    @Override
    public void terminate() {
      process.destroy();
    }

    @Override
    public boolean awaitEnd(long millis) throws InterruptedException {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public int exitCode() {
      return process.exitValue();
    }

    @Override
    public void kill() {
      process.destroyForcibly();
    }
  }
}
