package io.fairlead.bench.micro;

import io.fairlead.router.http.ForwardRules;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.RequestIds;
import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.http1.Progress;
import io.fairlead.router.http1.RequestScanner;
import io.fairlead.router.model.Limits;
import io.netty.buffer.Unpooled;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What becomes of a scanned head on its way to the model: what is forwarded, and its bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadWrite {
  private static final byte[] REQUEST_ID = RequestHeads.ascii("x-request-id: ");
  private static final byte[] MODEL = RequestHeads.ascii("POST /score HTTP/1.1\r\nhost: model\r\n");

  /** As in {@link HeadScan}. */
  @Param public RequestHeads request = RequestHeads.SMALL;

  private final Head head = new Head();
  private final HeadWriter writer = new HeadWriter();
  private final SplittableRandom random = new SplittableRandom(1);
  private final byte[] id = new byte[RequestIds.UUID_LENGTH];

  /** Scans the head once. */
  @Setup
  public void scan() {
    var scanner = new RequestScanner(Limits.Head.DEFAULT);
    if (scanner.scan(Unpooled.wrappedBuffer(request.http1()), head) != Progress.DONE) {
      throw new IllegalStateException("head: not scanned (expected: DONE)");
    }
  }

  /** The head that is sent, with a request id of our own. */
  @Benchmark
  public HeadWriter write() {
    ForwardRules.request(head, false, false);
    writer.reset();
    writer.bytes(MODEL);
    writer.forwardedFields(head);
    writer.field(REQUEST_ID, requestId(), 0, id.length);
    writer.contentLength(head.contentLength());
    writer.end();
    return writer;
  }

  /** A new request id alone. */
  @Benchmark
  public byte[] requestId() {
    RequestIds.writeRandom(id, 0, random.nextLong(), random.nextLong());
    return id;
  }
}
