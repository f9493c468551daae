package io.fairlead.bench.micro;

import io.fairlead.router.http.Head;
import io.fairlead.router.http1.BodyDecoder;
import io.fairlead.router.http1.HeadWriter;
import io.fairlead.router.model.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A chunked body of 64 KiB that has come whole: its framing is consumed, its content skipped. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChunkDecode {
  private static final int BODY_BYTES = 65_536;

  /** Content of one chunk: a token of a stream, a usual write, a large one. */
  @Param({"16", "1024", "16384"})
  public int chunkBytes;

  private final BodyDecoder decoder = BodyDecoder.ofResponses(Limits.Body.DEFAULT);
  private ByteBuf in = Unpooled.EMPTY_BUFFER;

  /** Writes the body down. */
  @Setup
  public void fill() {
    byte[] line = new byte[10];
    in = Unpooled.directBuffer();
    for (int sent = 0; sent < BODY_BYTES; sent += chunkBytes) {
      in.writeBytes(line, 0, HeadWriter.chunkHead(line, 0, chunkBytes));
      in.writeZero(chunkBytes);
      in.writeShort('\r' << 8 | '\n');
    }
    in.writeBytes(RequestHeads.ascii("0\r\n\r\n"));
  }

  /** Gives the buffer back. */
  @TearDown
  public void release() {
    in.release();
  }

  /** One body. */
  @Benchmark
  public int decode() {
    in.readerIndex(0);
    decoder.start(Head.Framing.CHUNKED, -1);
    int content = 0;
    for (int n = decoder.ready(in); n > 0; n = decoder.ready(in)) {
      in.skipBytes(n);
      decoder.taken(n);
      content += n;
    }
    if (!decoder.isDone() || content != BODY_BYTES) {
      throw new IllegalStateException("body: " + content + " bytes (expected: " + BODY_BYTES + ")");
    }
    return content;
  }
}
