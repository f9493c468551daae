package io.fairlead.bench.micro;

import io.fairlead.router.http.Head;
import io.fairlead.router.http.PathRules;
import io.fairlead.router.http.RequestRules;
import io.fairlead.router.http1.Progress;
import io.fairlead.router.http1.RequestScanner;
import io.fairlead.router.model.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An HTTP/1.1 request head from bytes to an index, and the rules it must pass. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadScan {
  /** {@code SMALL} is what a load generator sends, {@code BROWSER} has twenty fields. */
  @Param public RequestHeads request = RequestHeads.SMALL;

  private final RequestScanner scanner = new RequestScanner(Limits.Head.DEFAULT);
  private final Head head = new Head();
  private ByteBuf in = Unpooled.EMPTY_BUFFER;

  /** Lays the bytes down where a socket would: outside the heap. */
  @Setup(Level.Trial)
  public void fill() {
    byte[] bytes = request.http1();
    in = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
  }

  /** Gives the buffer back. */
  @TearDown(Level.Trial)
  public void release() {
    in.release();
  }

  /** The scanner alone. */
  @Benchmark
  public Head scan() {
    in.readerIndex(0);
    if (scanner.scan(in, head) != Progress.DONE) {
      throw new IllegalStateException("head: not scanned (expected: DONE)");
    }
    return head;
  }

  /** The scanner, the rules both versions share, and the path's. */
  @Benchmark
  public Head scanAndCheck() {
    Head scanned = scan();
    if (RequestRules.check(scanned) != null || PathRules.check(scanned) != null) {
      throw new IllegalStateException("head: refused (expected: accepted)");
    }
    return scanned;
  }
}
