package io.fairlead.bench.client;

/** One connection of a caller, on the loop of its pool. */
interface Link {
  /** Whoever owns links. */
  interface Owner {
    /** The link can take a call: it was opened, or was full and is no more. */
    void room(Link link);
  }

  /** Sends the pool's request for a call; only if there is room. */
  void send(Call call);

  /** Returns whether another call can be sent now. */
  boolean hasRoom();
}
