package io.fairlead.router.proxy;

import io.fairlead.router.control.ProbeResult;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.Head;
import io.fairlead.router.routing.Target;
import io.netty.buffer.ByteBuf;

/**
 * The caller of a probe: asks a replica how it is, drops whatever comes, and tells the meters and
 * the replica's dispatcher what that means, once.
 *
 * <p>Runs on one event loop.
 */
final class Probe implements Absent {
  private static final Origin ORIGIN = Origin.of(null, false, false);

  private final Loop loop;
  private final Permit permit;
  private final int ordinal;
  private int status;
  private boolean ended;

  private Probe(Loop loop, Permit permit, int ordinal) {
    this.loop = loop;
    this.permit = permit;
    this.ordinal = ordinal;
  }

  /**
   * Sends one with the slot of {@code permit}.
   *
   * @param target whose path is the one to ask for
   */
  static void send(Loop loop, Permit permit, Target target) {
    var probe = new Probe(loop, permit, target.ordinal());
    loop.newExchange(probe).probe(permit, target, loop.now());
  }

  private void end(ProbeResult result) {
    if (!ended) {
      ended = true;
      loop.recorder.probed(ordinal, result);
      permit.probed(result == ProbeResult.WELL, loop.now());
    }
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
      end(ProbeResult.of(status));
    }
  }

  @Override
  public void trailers(Head trailers) {
    end(ProbeResult.of(status));
  }

  /** It is the router that answers: the model did not. */
  @Override
  public void answer(int ownStatus, Head fields, boolean headOnly, byte[] body) {
    end(ProbeResult.FAILED);
  }

  @Override
  public void abort() {
    end(ProbeResult.FAILED);
  }

  @Override
  public Origin origin() {
    return ORIGIN;
  }

  @Override
  public String protocol() {
    return "HTTP/1.1";
  }
}
