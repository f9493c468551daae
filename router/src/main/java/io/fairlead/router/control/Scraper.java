package io.fairlead.router.control;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The port to whoever writes all meters down. */
@FunctionalInterface
public interface Scraper {
  /**
   * Writes every meter in the format that {@code accept} asks for.
   *
   * @param accept value of the request's {@code Accept}, or null if it had none
   * @return the content type of what was written
   */
  String scrape(OutputStream out, @Nullable String accept) throws IOException;
}
