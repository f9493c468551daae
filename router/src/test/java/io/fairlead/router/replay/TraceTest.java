package io.fairlead.router.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {
  @Test
  void readsLinesCommentsAside() throws BadTrace {
    Trace trace =
        Trace.parse("t", "# a day\nsecond,arrivals,model_ms\n\n0,2,500\n# noon\n60,9,20\n");

    assertThat(trace.lines()).containsExactly(new Trace.Line(0, 2, 500), new Trace.Line(60, 9, 20));
    assertThat(trace.seconds()).isEqualTo(61);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          second,arrivals|t:1: second,arrivals (expected: second,arrivals,model_ms)
          second,arrivals,model_ms|t: no line of a load (expected: second,arrivals,model_ms and lines of numbers)
          second,arrivals,model_ms;1,2,3|t:2: second 1 (expected: 0 first)
          second,arrivals,model_ms;0,2,3;0,2,3|t:3: second 0 (expected: more than 0)
          second,arrivals,model_ms;0,2|t:2: 0,2 (expected: second,arrivals,model_ms)
          second,arrivals,model_ms;0,-2,3|t:2: arrivals: -2 (expected: a whole number, 0 to 100000)
          second,arrivals,model_ms;0,2,0|t:2: model_ms: 0 (expected: a whole number, 1 to 300000)
          second,arrivals,model_ms;0,2,1e3|t:2: model_ms: 1e3 (expected: a whole number, 1 to 300000)
          second,arrivals,model_ms;0,100000,1;300,1,1|t:3: more requests (expected: 20000000 in all at most)
          """)
  void saysWhichLineIsWrong(String text, String message) {
    assertThatThrownBy(() -> Trace.parse("t", text.replace(';', '\n')))
        .isInstanceOf(BadTrace.class)
        .hasMessage(message);
  }
}
