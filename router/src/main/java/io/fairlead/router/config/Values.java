package io.fairlead.router.config;

import io.fairlead.router.config.Sources.Given;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is given for each key, as values. */
final class Values {
  private final Map<String, Given> given;
  private final Problems problems;

  Values(Map<String, Given> given, Problems problems) {
    this.given = given;
    this.problems = problems;
  }

  /** Returns the value of a key that has a fallback; that if the text given is wrong. */
  <T> T get(Option<T> option) {
    T value = find(option);
    return value == null ? Objects.requireNonNull(option.fallback(), option.key()) : value;
  }

  /** Returns the value given; null if none is, or the text is wrong. */
  <T> @Nullable T find(Option<T> option) {
    Given text = given.get(option.key());
    if (text == null) {
      return null;
    }
    T value = option.parse().apply(text.text());
    if (value == null) {
      problems.unexpected(option.key(), text, option.expected());
    }
    return value;
  }

  /** As {@link #find}, of a file that is there. */
  @Nullable Path readable(Option<Path> option) {
    Path file = find(option);
    if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
      refuse(option, option.expected());
    }
    return file;
  }

  /** Returns whether a flag is set; whether it is right is for {@link #get} to say. */
  boolean isSet(Option<Boolean> flag) {
    Given text = given.get(flag.key());
    return text != null && Boolean.TRUE.equals(flag.parse().apply(text.text()));
  }

  /** Returns whether something is given, right or wrong. */
  boolean has(Option<?> option) {
    return given.containsKey(option.key());
  }

  /** Adds the problem that what is given for {@code option} does not do. */
  void refuse(Option<?> option, String expected) {
    Given text = given.get(option.key());
    if (text == null) {
      problems.missing(option.key(), expected);
    } else {
      problems.unexpected(option.key(), text, expected);
    }
  }
}
