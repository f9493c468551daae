package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.control.MirrorResult;
import io.fairlead.router.dispatch.Permit;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import org.jspecify.annotations.Nullable;

/**
 * The copies that one loop sends to mirror deployments. A copy is an exchange like any other, whose
 * caller takes everything and wants nothing ({@link MirrorCopy}); so it keeps its slot until the
 * model's response has ended or its time has passed.
 *
 * <p>A live request never waits for one: a copy is made once the live request has got its slot or
 * its place in the queue, takes a slot of the mirror only if one is free at once, and is left out
 * where its body has not come whole by then, or where there are too many copies already.
 */
final class Mirrors {
  /** Most copies at once, and the most bytes of their bodies together. */
  static final int MOST_COPIES = 256;

  static final int MOST_BYTES = 4_194_304;

  private static final byte[] NAME = "x-fairlead-mirror".getBytes(US_ASCII);
  private static final byte[] TRUE = "true".getBytes(US_ASCII);

  private final Loop loop;
  private int copies;
  private int bytes;

  Mirrors(Loop loop) {
    this.loop = loop;
  }

  /** Sends a copy of {@code live} if it can be done at once; returns it, or null. */
  @Nullable MirrorCopy copy(Exchange live, long now) {
    try {
      return tryCopy(live, now);
    } catch (RuntimeException bug) {
      loop.unexpected(bug); // not the live request's
      return null;
    }
  }

  private @Nullable MirrorCopy tryCopy(Exchange live, long now) {
    int ordinal = live.route.mirror().ordinal();
    MirrorResult skipped = reasonToSkip(live);
    if (skipped != null) {
      loop.recorder.mirrored(ordinal, skipped);
      return null;
    }
    Permit permit = live.route.mirrorDispatcher().acquireFree(now);
    if (permit == null) {
      loop.recorder.mirrored(ordinal, MirrorResult.NO_SLOT);
      return null;
    }
    return send(live, ordinal, permit, now);
  }

  private @Nullable MirrorResult reasonToSkip(Exchange live) {
    if (!live.isReceived()) {
      return MirrorResult.TOO_LARGE;
    }
    boolean full = copies >= MOST_COPIES || bytes + live.body.kept() > MOST_BYTES;
    return full || !loop.admission.keepsConnections() ? MirrorResult.TOO_MANY : null;
  }

  private MirrorCopy send(Exchange live, int ordinal, Permit permit, long now) {
    int size = live.body.kept();
    copies++;
    bytes += size;
    var copy = new MirrorCopy(loop, ordinal, size, live.downstream());
    loop.newExchange(copy).follow(live, permit, now);
    return copy;
  }

  /** A copy has ended, whatever became of it. */
  void ended(int size) {
    copies--;
    bytes -= size;
  }

  /** Makes the request of {@code to} the one of {@code live}, and says that it is a copy. */
  static void copy(Exchange live, Exchange to) {
    Head request = to.request;
    request.copy(live.request);
    request.addField(FieldId.X_FAIRLEAD, NAME, TRUE, TRUE.length);
    to.identity.copy(live.identity);
    to.observed.follow(live.observed);
    to.route.follow(live.route);
    to.body.share(live.body);
  }
}
