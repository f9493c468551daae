package io.fairlead.router;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/** Programs that some tests need and that a machine may lack. */
public final class Tools {
  private Tools() {}

  /**
   * Returns the path of {@code tool}. Where there is none the test is skipped, saying so, or fails
   * if {@code FAIRLEAD_REQUIRE_TOOLS} is set.
   */
  public static Path require(String tool) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String directory : path.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(directory, tool);
      if (!directory.isEmpty() && Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    String message = tool + ": not on PATH (expected: installed)";
    if (System.getenv("FAIRLEAD_REQUIRE_TOOLS") != null) {
      throw new AssertionError(message);
    }
    System.err.println("SKIPPED: " + message);
    throw new TestAbortedException(message);
  }
}
