package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.config.LimitOptions;
import io.fairlead.router.config.Option;
import io.fairlead.router.config.Options;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainCommandLineTest {
  @Test
  void takesValuesInBothForms() {
    assertThat(PlainCommandLine.read("serve", "--http", "a:1", "--tls-cert=c=d.pem", "--tls-key="))
        .isEqualTo(new Asked("serve", Map.of("http", "a:1", "tlsCert", "c=d.pem", "tlsKey", "")));
  }

  @Test
  void understandsEveryOptionAsTheFullOneDoes() {
    everyOptionIsUnderstoodAlike("serve", Options.SERVE);
    everyOptionIsUnderstoodAlike("serve", LimitOptions.ALL);
    everyOptionIsUnderstoodAlike("demo", Options.DEMO);
    everyOptionIsUnderstoodAlike("check", Options.CHECK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "serve --help",
        "serve -h",
        "serve --bogus x",
        "serve --kubernetes",
        "serve --http",
        "serve --http --https x",
        "serve --http -1",
        "serve --http a --http b",
        "serve x",
        "check --http a",
        "version",
        "--version",
        "bogus"
      })
  void leavesToTheFullOneWhatNeedsWords(String line) {
    assertThat(PlainCommandLine.read(line.isEmpty() ? new String[0] : line.split(" ", -1)))
        .isNull();
  }

  private static void everyOptionIsUnderstoodAlike(String command, List<Option<?>> options) {
    for (Option<?> option : options) {
      String[] line = {command, option.option(), "value"};
      var full =
          new FullCommandLine(
              new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));

      assertThat(PlainCommandLine.read(line))
          .isEqualTo(new Asked(command, Map.of(option.key(), "value")))
          .isEqualTo(full.read(line));
    }
  }
}
