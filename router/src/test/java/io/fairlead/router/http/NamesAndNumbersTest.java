package io.fairlead.router.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link FieldId}, {@link Method} and {@link Ascii}. */
class NamesAndNumbersTest {
  @Test
  void everyFieldIdIsFoundByItsName() throws IllegalAccessException {
    for (Field field : FieldId.class.getFields()) {
      String name = field.getName().toLowerCase(Locale.ROOT).replace('_', '-');
      switch (name) {
        case "other", "with-underscore" -> {}
        case "x-forwarded", "ms-azureml", "x-fairlead", "access-control" ->
            assertThat(id(name + "-anything")).as(name).isEqualTo(field.getInt(null));
        default -> {
          assertThat(id(name)).as(name).isEqualTo(field.getInt(null));
          assertThat(id(name.toUpperCase(Locale.ROOT))).as(name).isEqualTo(field.getInt(null));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"h", "hosts", "hos", "x-forwarded", "ms-azuremlx", "content-lengti", "x-fairlead"})
  void similarNamesAreOthers(String name) {
    assertThat(id(name)).isEqualTo(FieldId.OTHER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"content_length", "transfer_encoding", "_", "x_forwarded_for"})
  void namesWithUnderscoreAreTheirOwn(String name) {
    assertThat(id(name)).isEqualTo(FieldId.WITH_UNDERSCORE);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void knowsEveryMethodInCapitalsAlone(Method method) {
    assertThat(method(method.name())).isEqualTo(method);
    assertThat(method(method.name().toLowerCase(Locale.ROOT))).isEqualTo(Method.OTHER);
    assertThat(method(method.name() + "X")).isEqualTo(Method.OTHER);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "00012, 12",
    "9223372036854775807, 9223372036854775807",
    "9223372036854775808, -1",
    "99999999999999999999, -1",
    "'', -1",
    "-1, -1",
    "1a, -1",
    "' 1', -1"
  })
  void readsDecimals(String text, long expected) {
    byte[] b = bytes(text);
    assertThat(Ascii.decimal(b, 1, b.length - 1)).isEqualTo(expected);
  }

  @Test
  void findsEachControlAtEachPlace() {
    for (int control = 0; control < 256; control++) {
      boolean isControl = control < 0x20 || control == 0x7f;
      for (int at = 0; at < 20; at++) {
        byte[] b = " ~\u0080\u00ff!aZ09 ~\u00a0bcdefghi".getBytes(ISO_8859_1);
        b[at] = (byte) control;
        assertThat(Ascii.indexOfControl(b, 0, 20)).isEqualTo(isControl ? at : 20);
        assertThat(Ascii.indexOfControl(b, at, at)).isEqualTo(at);
      }
    }
  }

  @Test
  void findsTheFirstOfSeveralControls() {
    byte[] b = "ab\r\n\u007f\0cd\u001fe".getBytes(ISO_8859_1);

    assertThat(Ascii.indexOfControl(b, 0, b.length)).isEqualTo(2);
    assertThat(Ascii.indexOfControl(b, 4, b.length)).isEqualTo(4);
    assertThat(Ascii.indexOfControl(b, 6, b.length)).isEqualTo(8);
  }

  private static int id(String name) {
    byte[] b = bytes(name);
    return FieldId.of(b, 1, b.length - 1);
  }

  private static Method method(String name) {
    byte[] b = bytes(name);
    return Method.of(b, 1, b.length - 1);
  }

  private static byte[] bytes(String text) {
    return ("<" + text + ">").getBytes(ISO_8859_1);
  }
}
