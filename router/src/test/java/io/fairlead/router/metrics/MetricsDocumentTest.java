package io.fairlead.router.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code docs/METRICS.md} to the table of meters; run with {@code -Dfairlead.docs.write=true}
 * to write it anew.
 */
class MetricsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "METRICS.md");

  private static final String HEAD =
      """
      # Metrics

      What `GET /metrics` on the admin port serves, as Prometheus text 0.0.4, OpenMetrics 1.0 or
      protobuf by `Accept`. This file is made from the table in `Meter.java`; after a change run
      `./mvnw -pl router -am test -Dtest=MetricsDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Dfairlead.docs.write=true`.

      - `endpoint` and `deployment` are names of resources; both empty where no endpoint was found, \
      `deployment` alone where the answer came before one was chosen. Endpoints of one name in two \
      namespaces are counted together. The series of a removed deployment go away with it.
      - `code` is the status sent, `none` if the caller left before; `code_class` is `1xx` to `5xx`, \
      `other` or `none`; `reason` is the token of `x-fairlead-reason`.
      - Each event loop counts for itself and a scrape adds up: counters never go back, and what \
      happened during the scrape may be in this one or in the next.
      - With tracing, OpenMetrics shows exemplars beside the buckets of the histograms with \
      `code_class`: the trace and span of the last request with a span in each bucket of its duration.
      - A Prometheus target has an `endpoint` label of its own when it comes from a ServiceMonitor: \
      set `honorLabels: true` there, or ours is renamed to `exported_endpoint`.

      | name | kind | unit | tags | meaning |
      |---|---|---|---|---|
      """;

  @Test
  void documentIsTheTable() throws IOException {
    String expected = render();
    if (Boolean.getBoolean("fairlead.docs.write")) {
      Files.writeString(DOCUMENT, expected);
    }
    assertThat(DOCUMENT).content().isEqualTo(expected);
  }

  @Test
  void everyMeaningIsASentence() {
    for (Meter meter : Meter.values()) {
      assertThat(meter.meaning()).as(meter.name()).matches("[A-Z].*\\.").doesNotContain("|");
    }
  }

  private static String render() {
    StringBuilder text = new StringBuilder(HEAD);
    for (Meter meter : Meter.values()) {
      Unit unit = meter.unit();
      String tags =
          meter.tags().stream().map(MetricsDocumentTest::code).collect(Collectors.joining(", "));
      text.append("| ").append(code(meter.scraped()));
      text.append(" | ").append(meter.kind().name().toLowerCase(Locale.ROOT));
      text.append(" | ").append(unit == null ? "" : unit);
      text.append(" | ").append(tags);
      text.append(" | ").append(meter.meaning()).append(" |\n");
    }
    appendBuckets(text);
    return text.toString();
  }

  private static void appendBuckets(StringBuilder text) {
    text.append("\n## Buckets, in seconds\n\n| histogram | upper bounds |\n|---|---|\n");
    for (Phase phase : Phase.values()) {
      appendBuckets(text, phase.meter(), phase.buckets());
    }
    appendBuckets(text, Meter.TIME_TO_FIRST_BYTE, Buckets.DURATION);
    appendBuckets(text, Meter.STREAM_EVENT_GAP, Buckets.DURATION);
  }

  private static void appendBuckets(StringBuilder text, Meter meter, Buckets buckets) {
    text.append("| ").append(code(meter.scraped())).append(" | ");
    double[] bounds = buckets.seconds();
    for (int i = 0; i < bounds.length - 1; i++) {
      text.append(new BigDecimal(Double.toString(bounds[i])).stripTrailingZeros().toPlainString());
      text.append(", ");
    }
    text.append("+Inf |\n");
  }

  private static String code(String name) {
    return "`" + name + "`";
  }
}
