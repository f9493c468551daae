package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WHATWG HTML, 9.2.6: what an event stream holds, wherever it is split. */
class EventScannerTest {
  private final EventScanner scanner = new EventScanner();

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "data: a~~,1",
        "data: a~~data: b~~,2",
        "data: a~data: b~~,1",
        "data:a^~^~data:b^~^~,2",
        "data: a^^data: b^^,2",
        "data: a^~~,1",
        "data~~,1",
        "event: x~data: a~id: 1~~,1",
        ": still here~~,0",
        ": still here~~data: a~~,1",
        "event: x~~data: a~~,1",
        "database: a~~,0",
        "dat: a~~,0",
        " data: a~~,0",
        "datadata: a~~,0",
        "data: a~,0",
        "data: a,0",
        "~~~data: a~~~~,1",
        "data: {\"choices\":[]}~~data: [DONE]~~,2",
        "'',0",
      })
  void countsTheEventsAtEverySplit(String text, int events) {
    byte[] bytes = text.replace('~', '\n').replace('^', '\r').getBytes(UTF_8);
    for (int first = 0; first <= bytes.length; first++) {
      for (int second = first; second <= bytes.length; second++) {
        scanner.begin();
        int counted =
            scan(bytes, 0, first) + scan(bytes, first, second) + scan(bytes, second, bytes.length);
        assertThat(counted).as("%s split at %d and %d", text, first, second).isEqualTo(events);
      }
    }
  }

  private int scan(byte[] bytes, int from, int to) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    in.readerIndex(from);
    int counted = scanner.scan(in, to - from);
    assertThat(in.readerIndex()).as("nothing is consumed").isEqualTo(from);
    return counted;
  }
}
