package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.config.KubernetesOptions;
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
    everyOptionIsUnderstoodAlike("serve", KubernetesOptions.ALL);
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
        "serve --kubernetes value",
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

  @Test
  void understandsFlagsAlike() {
    everyLineIsUnderstoodAlike("kubernetes", "true", "serve", "--kubernetes");
    everyLineIsUnderstoodAlike("kubernetes", "false", "serve", "--kubernetes=false");
  }

  @Test
  void repeatedOptionsAreOneList() {
    assertThat(full().read("serve", "--namespace", "a", "--namespace", "b,c"))
        .isEqualTo(new Asked("serve", Map.of("namespace", "a,b,c")));
  }

  private static void everyOptionIsUnderstoodAlike(String command, List<Option<?>> options) {
    for (Option<?> option : options) {
      if (!option.isFlag()) {
        everyLineIsUnderstoodAlike(option.key(), "value", command, option.option(), "value");
      }
    }
  }

  private static void everyLineIsUnderstoodAlike(String key, String value, String... line) {
    assertThat(PlainCommandLine.read(line))
        .isEqualTo(new Asked(line[0], Map.of(key, value)))
        .isEqualTo(full().read(line));
  }

  private static FullCommandLine full() {
    return new FullCommandLine(
        new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
  }
}
