package io.fairlead.router.proxy;

import io.fairlead.router.control.MirrorResult;
import io.fairlead.router.http.Head;
import io.fairlead.router.model.RouterError;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a copy: takes whatever comes, drops it, and counts how it went, and how beside the
 * live request once both have ended.
 *
 * <p>Runs on the loop of both.
 */
final class MirrorCopy implements Absent {
  private final Loop loop;
  private final int ordinal;
  private final int size;
  private final Origin origin;
  private final String protocol;
  private final long startNanos;

  private int status;
  private boolean ended;
  private long nanos;
  private int liveStatus;
  private long liveNanos;

  /**
   * Begins.
   *
   * @param ordinal of the mirror deployment
   * @param size bytes of the body that it holds
   * @param live the caller of the live request
   */
  MirrorCopy(Loop loop, int ordinal, int size, Downstream live) {
    this.loop = loop;
    this.ordinal = ordinal;
    this.size = size;
    this.origin = live.origin();
    this.protocol = live.protocol();
    this.startNanos = loop.now();
  }

  /** The live request has ended, with this status if a model answered it. */
  void onLiveEnded(int sentStatus, @Nullable RouterError error, long upstreamNanos) {
    if (error == null || error == RouterError.MODEL_ERROR) {
      liveStatus = sentStatus;
      liveNanos = upstreamNanos;
      compare();
    }
  }

  private void end(MirrorResult result) {
    if (!ended) {
      ended = true;
      nanos = loop.now() - startNanos;
      loop.mirrors.ended(size);
      loop.recorder.mirrored(ordinal, result);
      compare();
    }
  }

  private void compare() {
    if (ended && status > 0 && liveStatus > 0) {
      loop.recorder.compared(ordinal, status / 100 == liveStatus / 100, nanos > liveNanos);
    }
  }

  private void answered() {
    end(MirrorResult.of(status));
  }

  @Override
  public void respond(int modelStatus, Head head, ByteBuf body, int count, boolean last) {
    status = modelStatus;
    data(body, count, last);
  }

  @Override
  public void data(ByteBuf body, int count, boolean last) {
    body.skipBytes(count);
    if (last) {
      answered();
    }
  }

  @Override
  public void trailers(Head trailers) {
    answered();
  }

  /** It is the router that answers: the model did not. */
  @Override
  public void answer(int ownStatus, Head fields, boolean headOnly, byte[] body) {
    status = 0;
    end(MirrorResult.FAILED);
  }

  @Override
  public void abort() {
    status = 0;
    end(MirrorResult.FAILED);
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public String protocol() {
    return protocol;
  }
}
