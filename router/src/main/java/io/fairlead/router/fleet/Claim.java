package io.fairlead.router.fleet;

/**
 * What a coordinator knows of one router's slots on one replica. What the router may hold is a part
 * of what all routers may hold of the {@link Row}, and changes together with it.
 */
final class Claim {
  private final Row row;

  /** The most that the router may hold. */
  private int granted;

  /** What it is told that it may use; less than granted where something is to come back. */
  private int allowed;

  /** The most of it that may be the router's share. */
  private int shareMost;

  /** What it is told that its share is. */
  private int share;

  /** The version of the grants that were the first to say the present numbers, if they rose. */
  private long raisedAt;

  /** Whether the router can use more on this replica. */
  boolean usable;

  Claim(Row row) {
    this.row = row;
  }

  Row row() {
    return row;
  }

  int granted() {
    return granted;
  }

  int allowed() {
    return allowed;
  }

  int shareMost() {
    return shareMost;
  }

  int share() {
    return share;
  }

  private void grant(int slots) {
    row.granted += slots - granted;
    granted = slots;
  }

  // ---- what the router holds

  /** It is known to hold this. */
  void set(int slots, int itsShare) {
    grant(slots);
    allowed = slots;
    shareMost = itsShare;
    share = itsShare;
  }

  /** A router that nothing was known of says that it holds this, which was in doubt. */
  void admit(Slots held) {
    int accepted = Math.min(Math.max(0, held.slots() - granted), row.doubt);
    row.doubt -= accepted;
    set(granted + accepted, Math.min(held.share(), granted + accepted));
  }

  /**
   * The router says that it holds this: less, if it was told of what rose last.
   *
   * @param seen the version of the grants that it followed last
   */
  void report(int slots, int itsShare, long seen) {
    if (seen >= raisedAt) {
      grant(Math.min(granted, slots));
      shareMost = Math.min(itsShare, granted);
      allow(granted);
      share = Math.min(share, shareMost);
    }
  }

  /** Its lease is over: so many are left to it at the most. */
  void expire(int left) {
    if (left < granted) {
      grant(left);
      allow(left);
    }
  }

  /** It holds nothing any more. */
  void drop() {
    grant(0);
  }

  // ---- what it is told

  /** Lets it use so many at the most. */
  void allow(int most) {
    allowed = Math.min(allowed, most);
    share = Math.min(share, allowed);
  }

  /** Grants one slot more, of which the grants of this version tell first. */
  void raise(long version) {
    grant(granted + 1);
    allowed = granted;
    raisedAt = version;
  }

  /** Lets its share be so many at the most. */
  void shareAtMost(int most) {
    share = Math.min(Math.min(share, allowed), most);
  }

  /** Makes up to {@code most} more of its slots its share; returns how many. */
  int shareMore(int most, long version) {
    int more = Math.min(allowed - share, most);
    if (more <= 0) {
      return 0;
    }
    share += more;
    shareMost = Math.max(shareMost, share);
    raisedAt = version;
    return more;
  }
}
