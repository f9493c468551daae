package io.fairlead.bench.micro;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.Http2RequestRules;
import io.fairlead.router.http.PathRules;
import io.fairlead.router.http.RequestRules;
import io.fairlead.router.model.Limits;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The rules an HTTP/2 request must pass, from decoded fields to a complete head. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Http2Rules {
  /** As in {@link HeadScan}. */
  @Param public RequestHeads request = RequestHeads.SMALL;

  private final Http2RequestRules rules = new Http2RequestRules(Limits.Head.DEFAULT);
  private final Head head = new Head();
  private byte[][] fields = {};

  /** Decodes once what HPACK would decode each time. */
  @Setup
  public void decode() {
    fields = request.http2();
  }

  /** All rules: of HTTP/2, of both versions, of the path. */
  @Benchmark
  public Head check() {
    rules.begin(head);
    for (int i = 0; i < fields.length; i += 2) {
      byte[] name = fields[i];
      byte[] value = fields[i + 1];
      rules.field(name, 0, name.length, value, 0, value.length);
    }
    if (rules.end(false) != null
        || RequestRules.check(head) != null
        || PathRules.check(head) != null) {
      throw new IllegalStateException("head: refused (expected: accepted)");
    }
    return head;
  }
}
