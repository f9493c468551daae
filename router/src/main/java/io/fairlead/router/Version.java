package io.fairlead.router;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Fairlead this is, as the build wrote it down. */
final class Version {
  private static final Properties BUILD = load();

  private Version() {}

  static String text() {
    return BUILD.getProperty("version", "development");
  }

  static String commit() {
    return BUILD.getProperty("commit", "unknown");
  }

  private static Properties load() {
    var properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/fairlead-version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
