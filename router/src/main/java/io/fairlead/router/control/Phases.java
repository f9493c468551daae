package io.fairlead.router.control;

/**
 * Where the time of one request went. Its phases do not overlap, and what belongs to none of them
 * is the router's own overhead: the decision before the slot, and the writing behind the model's
 * last byte. Times are nanoseconds of the loop's clock.
 *
 * <pre>
 * receive  the caller's body is coming, or its prefix
 * queue    waits for a slot
 * connect  has a slot, gets a connection
 * model    until the first byte of the response, the rest of the upload included
 * relay    until its last byte
 * </pre>
 *
 * A second attempt adds to the phases of the first. Reused from request to request by its owner.
 */
public final class Phases {
  private enum Part {
    OWN,
    RECEIVE,
    QUEUE,
    CONNECT,
    MODEL,
    RELAY
  }

  private boolean started;
  private Part part = Part.OWN;
  private long startNanos;
  private long sinceNanos;
  private long endNanos;
  private long completeNanos;
  private long receiveNanos;
  private long queueNanos;
  private long connectNanos;
  private long modelNanos;
  private long relayNanos;
  private long firstByteNanos;
  private final Hold upload = new Hold();
  private final Hold answer = new Hold();

  /** How long something stood still, added up. */
  private static final class Hold {
    private long sinceNanos = -1;
    private long nanos;

    void clear() {
      sinceNanos = -1;
      nanos = 0;
    }

    void copy(Hold other) {
      sinceNanos = other.sinceNanos;
      nanos = other.nanos;
    }

    void begin(long now) {
      if (sinceNanos < 0) {
        sinceNanos = now;
      }
    }

    void end(long now) {
      if (sinceNanos >= 0) {
        nanos += now - sinceNanos;
        sinceNanos = -1;
      }
    }
  }

  /** Forgets the last request. */
  public void clear() {
    started = false;
    part = Part.OWN;
    completeNanos = -1;
    receiveNanos = queueNanos = connectNanos = modelNanos = relayNanos = 0;
    firstByteNanos = -1;
    upload.clear();
    answer.clear();
  }

  /** Becomes equal to {@code other}. */
  public void copy(Phases other) {
    started = other.started;
    part = other.part;
    startNanos = other.startNanos;
    sinceNanos = other.sinceNanos;
    endNanos = other.endNanos;
    completeNanos = other.completeNanos;
    receiveNanos = other.receiveNanos;
    queueNanos = other.queueNanos;
    connectNanos = other.connectNanos;
    modelNanos = other.modelNanos;
    relayNanos = other.relayNanos;
    firstByteNanos = other.firstByteNanos;
    upload.copy(other.upload);
    answer.copy(other.answer);
  }

  private void enter(Part next, long now) {
    long passed = now - sinceNanos;
    switch (part) {
      case OWN -> {}
      case RECEIVE -> receiveNanos += passed;
      case QUEUE -> queueNanos += passed;
      case CONNECT -> connectNanos += passed;
      case MODEL -> modelNanos += passed;
      case RELAY -> relayNanos += passed;
    }
    part = next;
    sinceNanos = now;
  }

  /** The head is complete. */
  public void start(long now) {
    started = true;
    startNanos = sinceNanos = now;
  }

  /** The body is expected. */
  public void receiving() {
    part = Part.RECEIVE;
  }

  /**
   * Enough of the body has come to ask for a slot.
   *
   * @param waited whether it came after the head; else what passed since was our own doing
   * @param whole whether it is all of it
   */
  public void received(long now, boolean waited, boolean whole) {
    part = waited ? Part.RECEIVE : Part.OWN;
    enter(Part.QUEUE, now);
    completeNanos = whole ? receiveNanos : -1;
  }

  /** There is a slot: an attempt begins. */
  public void granted(long now) {
    enter(Part.CONNECT, now);
  }

  /** The attempt has a connection. */
  public void connected(long now) {
    enter(Part.MODEL, now);
  }

  /** The last byte of the request is on its way. */
  public void sent(long now) {
    if (completeNanos < 0) {
      completeNanos = now - startNanos;
    }
  }

  /** The response begins. */
  public void responding(long now) {
    enter(Part.RELAY, now);
    firstByteNanos = now - startNanos;
  }

  /** The model takes no more of the body for now, or takes more again. */
  public void uploadFlows(boolean flows, long now) {
    if (flows) {
      upload.end(now);
    } else {
      upload.begin(now);
    }
  }

  /** The caller takes no more of the response for now, or takes more again. */
  public void answerFlows(boolean flows, long now) {
    if (flows) {
      answer.end(now);
    } else {
      answer.begin(now);
    }
  }

  /** The attempt has ended, well or not; another may follow. */
  public void attempted(long now) {
    enter(Part.OWN, now);
  }

  /** The request has got its answer, or its caller has left. */
  public void end(long now) {
    enter(Part.OWN, now);
    endNanos = now;
    upload.end(now);
    answer.end(now);
  }

  /** Returns whether there ever was a complete head. */
  public boolean started() {
    return started;
  }

  /** Returns when the head was complete. */
  public long startNanos() {
    return startNanos;
  }

  /** Returns when it ended. */
  public long endNanos() {
    return endNanos;
  }

  /** Returns the time from the complete head to the end. */
  public long totalNanos() {
    return endNanos - startNanos;
  }

  /** Returns the wait for the caller's body before a slot was asked for. */
  public long receiveNanos() {
    return receiveNanos;
  }

  /** Returns the wait for a slot. */
  public long queueNanos() {
    return queueNanos;
  }

  /** Returns the wait for a connection. */
  public long connectNanos() {
    return connectNanos;
  }

  /** Returns the wait for the response's first byte. */
  public long modelNanos() {
    return modelNanos;
  }

  /** Returns the time from the response's first byte to its last. */
  public long relayNanos() {
    return relayNanos;
  }

  /** Returns the time of all attempts: from asking for a connection to the last byte. */
  public long upstreamNanos() {
    return connectNanos + modelNanos + relayNanos;
  }

  /** Returns what belongs to no phase. */
  public long overheadNanos() {
    return totalNanos() - receiveNanos - queueNanos - upstreamNanos();
  }

  /** Returns the time from the complete head to the last byte of the request; -1 if unknown. */
  public long completeNanos() {
    return completeNanos;
  }

  /** Returns how long the body stood still because the model took no more of it. */
  public long uploadHeldNanos() {
    return upload.nanos;
  }

  /** Returns how long the response stood still because the caller took no more of it. */
  public long answerHeldNanos() {
    return answer.nanos;
  }

  /** Returns the time from the complete head to the response's first byte; -1 if none came. */
  public long firstByteNanos() {
    return firstByteNanos;
  }
}
