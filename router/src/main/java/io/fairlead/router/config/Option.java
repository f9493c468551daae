package io.fairlead.router.config;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration, settable as an option ({@code --tls-cert}), a variable of the
 * environment ({@code FAIRLEAD_TLS_CERT}) and a key of the file ({@code tlsCert}).
 *
 * @param placeholder stands for the value in the help
 * @param fallback what holds if nothing is given; null if that is nothing or depends
 * @param expected what a value looks like, for messages
 * @param parse gives the value of a text, null if the text is none
 * @param doc one sentence
 */
public record Option<T>(
    String key,
    String placeholder,
    @Nullable T fallback,
    String expected,
    Function<String, @Nullable T> parse,
    String doc) {
  /** Returns {@code --tls-cert} for {@code tlsCert}. */
  public String option() {
    return "--" + separated('-');
  }

  /** Returns {@code FAIRLEAD_TLS_CERT} for {@code tlsCert}. */
  public String variable() {
    return Sources.PREFIX + separated('_').toUpperCase(Locale.ROOT);
  }

  /** Returns whether the option can do without a value. */
  public boolean isFlag() {
    return placeholder.isEmpty();
  }

  /** Returns whether it may be given again and again, each time with more. */
  public boolean isList() {
    return placeholder.endsWith(",...");
  }

  /** Returns the doc with what is expected and what holds otherwise. */
  public String help() {
    String otherwise = fallback == null ? "" : "; default " + text(fallback);
    return doc + " (" + expected + otherwise + ")";
  }

  private String text(T value) {
    if (value instanceof Duration duration) {
      return switch (placeholder) {
        case "S" -> Long.toString(duration.toSeconds());
        case "MS" -> Long.toString(duration.toMillis());
        default -> duration.toMillis() + "ms";
      };
    }
    return value instanceof Enum<?> word ? word.name().toLowerCase(Locale.ROOT) : value.toString();
  }

  private String separated(char separator) {
    return key.replaceAll("([A-Z])", separator + "$1").toLowerCase(Locale.ROOT);
  }

  static Option<Integer> count(String key, int fallback, int least, int most, String doc) {
    return ranged(key, "N", fallback, "a whole number", least, most, Math::toIntExact, doc);
  }

  static Option<Integer> bytes(String key, int fallback, int least, int most, String doc) {
    return ranged(key, "BYTES", fallback, "whole bytes", least, most, Math::toIntExact, doc);
  }

  static Option<Long> manyBytes(String key, long fallback, long least, long most, String doc) {
    return ranged(key, "BYTES", fallback, "whole bytes", least, most, value -> value, doc);
  }

  static Option<Duration> seconds(String key, Duration fallback, int least, int most, String doc) {
    return ranged(key, "S", fallback, "whole seconds", least, most, Duration::ofSeconds, doc);
  }

  static Option<Duration> millis(String key, Duration fallback, int least, int most, String doc) {
    return ranged(key, "MS", fallback, "whole milliseconds", least, most, Duration::ofMillis, doc);
  }

  /** Something that is so or not; given without a value it is. */
  static Option<Boolean> flag(String key, String doc) {
    return new Option<>(
        key,
        "",
        false,
        "true or false",
        text -> text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : null,
        doc);
  }

  /** A share of a whole, as a decimal. */
  static Option<Double> share(String key, double fallback, String doc) {
    return new Option<>(
        key,
        "SHARE",
        fallback,
        "a decimal, 0 to 1",
        text -> {
          if (!text.matches("[0-9](\\.[0-9]{1,9})?")) {
            return null;
          }
          double value = Double.parseDouble(text);
          return value > 1 ? null : value;
        },
        doc);
  }

  /** One of the constants of an enum, in lower case; {@code fallback} names the enum. */
  static <E extends Enum<E>> Option<E> word(String key, E fallback, String doc) {
    E[] constants = fallback.getDeclaringClass().getEnumConstants();
    StringBuilder words = new StringBuilder();
    for (E constant : constants) {
      words
          .append(
              words.isEmpty() ? "" : constant == constants[constants.length - 1] ? " or " : ", ")
          .append(constant.name().toLowerCase(Locale.ROOT));
    }
    return new Option<>(
        key,
        "WORD",
        fallback,
        words.toString(),
        text -> {
          for (E constant : constants) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
              return constant;
            }
          }
          return null;
        },
        doc);
  }

  private static <T> Option<T> ranged(
      String key,
      String placeholder,
      T fallback,
      String unit,
      long least,
      long most,
      LongFunction<T> of,
      String doc) {
    return new Option<>(
        key,
        placeholder,
        fallback,
        unit + ", " + least + " to " + most,
        text -> {
          if (!text.matches("-?[0-9]{1,18}")) {
            return null;
          }
          long value = Long.parseLong(text);
          return value < least || value > most ? null : of.apply(value);
        },
        doc);
  }
}
