package io.fairlead.router.fleet;

import io.fairlead.router.model.Replica;

/**
 * What a coordinator knows of one replica of a deployment. What is granted of it is the sum of the
 * claims of all routers: whatever changes one of them goes through here.
 */
final class Row {
  final Replica replica;

  /** Whether it is a replica of the deployment now; else what is held of it only comes back. */
  boolean inService;

  /** Slots that somebody may hold who was not heard in this epoch. */
  int doubt;

  /** What all routers may hold together. */
  private int granted;

  Row(Replica replica) {
    this.replica = replica;
  }

  int granted() {
    return granted;
  }

  boolean isOver() {
    return !inService && granted == 0 && doubt == 0;
  }

  /** Sets what a router holds, as somebody who knows has said. */
  void set(Claim claim, int slots, int share) {
    grant(claim, slots);
    claim.allowed = slots;
    claim.shareMost = share;
    claim.share = share;
  }

  /** A router that nothing is known of holds what was in doubt. */
  void admit(Claim claim, Slots held, boolean unknownHere) {
    int more = Math.max(0, held.slots() - claim.granted);
    if (unknownHere && !inService && doubt < more) {
      doubt = more;
    }
    int accepted = Math.min(more, doubt);
    doubt -= accepted;
    int slots = claim.granted + accepted;
    set(claim, slots, Math.min(held.share(), slots));
  }

  /** One slot more, which grants of {@code version} are the first to tell of. */
  void raise(Claim claim, long version) {
    grant(claim, claim.granted + 1);
    claim.allowed = claim.granted;
    claim.raisedAt = version;
  }

  /** A router says what it holds; no less is true of it while grants are under way. */
  void lower(Claim claim, long seen, int held, int share) {
    if (seen >= claim.raisedAt) {
      int slots = Math.min(claim.granted, held);
      grant(claim, slots);
      claim.allowed = Math.min(claim.allowed, slots);
      claim.shareMost = Math.min(share, slots);
      claim.share = Math.min(claim.share, Math.min(claim.allowed, claim.shareMost));
    }
  }

  /** The lease of a router has ended: its share is what it has left, if anything. */
  void expire(Claim claim, boolean hasShare) {
    int left = hasShare ? claim.shareMost : 0;
    if (left < claim.granted) {
      grant(claim, left);
      claim.allowed = Math.min(claim.allowed, left);
      claim.share = Math.min(claim.share, claim.allowed);
    }
  }

  /** A router holds nothing any more. */
  void drop(Claim claim) {
    grant(claim, 0);
  }

  private void grant(Claim claim, int slots) {
    granted += slots - claim.granted;
    claim.granted = slots;
  }
}
