package io.fairlead.router.fleet;

import io.fairlead.router.fleet.Refusal.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a coordinator follows a heartbeat at all; counts those that it does not. */
final class HeartbeatCheck {
  private final String coordinator;
  private final long epoch;
  private final Map<Reason, Long> refusals = new EnumMap<>(Reason.class);

  HeartbeatCheck(String coordinator, long epoch) {
    this.coordinator = coordinator;
    this.epoch = epoch;
  }

  /** Returns that whoever asks is not the coordinator, and no heartbeat is followed. */
  Refusal notCoordinator() {
    return refuse(Reason.NOT_COORDINATOR, coordinator + " is not the coordinator now");
  }

  /**
   * Returns why a heartbeat is not followed; null if it is.
   *
   * @param version of the newest grants in this epoch
   * @param member who is known by the name of its sender
   * @param isThere whether that one is connected, and was heard lately
   */
  @Nullable Refusal refusal(
      Heartbeat beat, long version, int routers, @Nullable Member member, boolean isThere) {
    if (Protocol.common(beat.protocol()) < Protocol.OLDEST) {
      return refuse(
          Reason.VERSION,
          "protocol: " + beat.protocol() + " (expected: at least " + Protocol.OLDEST + ")");
    }
    if (beat.epoch() != epoch) {
      return refuse(Reason.EPOCH, "epoch: " + beat.epoch() + " (expected: " + epoch + ")");
    }
    if (beat.seen() > version) {
      return refuse(
          Reason.MALFORMED, "seen: " + beat.seen() + " (expected: at most " + version + ")");
    }
    if (member == null) {
      return routers < Protocol.MOST_ROUTERS
          ? null
          : refuse(
              Reason.TOO_MANY_ROUTERS,
              "router: " + beat.router() + " (expected: at most " + Protocol.MOST_ROUTERS + ")");
    }
    return refusal(member, beat, isThere);
  }

  private @Nullable Refusal refusal(Member member, Heartbeat beat, boolean isThere) {
    if (member.incarnation == beat.incarnation()) {
      return beat.sequence() > member.sequence
          ? null
          : refuse(
              Reason.REPLAYED,
              "sequence: " + beat.sequence() + " (expected: more than " + member.sequence + ")");
    }
    if (member.wasBefore(beat.incarnation())) {
      return refuse(Reason.OLD_INCARNATION, "router: " + beat.router() + " was started anew since");
    }
    return isThere
        ? refuse(Reason.DUPLICATE, "router: " + beat.router() + " (expected: one of that name)")
        : null;
  }

  private Refusal refuse(Reason reason, String detail) {
    count(reason, 1);
    return new Refusal(reason, epoch, detail);
  }

  void count(Reason reason, long times) {
    refusals.merge(reason, times, Long::sum);
  }

  /** Returns how often something was refused for {@code reason}. */
  long refused(Reason reason) {
    return Objects.requireNonNull(refusals.getOrDefault(reason, 0L));
  }
}
