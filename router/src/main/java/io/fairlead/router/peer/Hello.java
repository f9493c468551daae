package io.fairlead.router.peer;

import io.fairlead.router.fleet.Protocol;
import io.fairlead.router.model.Address;

/**
 * Who speaks, and what it understands.
 *
 * @param newest version of the protocol that it speaks
 * @param oldest that it understands
 * @param router the address at which its peers reach it
 * @param incarnation drawn when it started
 */
record Hello(int newest, int oldest, Address router, long incarnation) {
  Hello {
    if (oldest < 1 || newest < oldest) {
      throw new IllegalArgumentException(
          "protocol: " + oldest + " to " + newest + " (expected: 1 or more, the oldest first)");
    }
    if (!Address.isLiteral(router.host()) || router.port() == 0) {
      throw new IllegalArgumentException(
          "router: " + router + " (expected: an IP address and a port)");
    }
  }

  /** Returns what this release says of itself. */
  static Hello of(Address router, long incarnation) {
    return new Hello(Protocol.VERSION, Protocol.OLDEST, router, incarnation);
  }

  /** Returns the newest version that both understand; 0 if there is none. */
  int common(Hello other) {
    int common = Math.min(newest, other.newest);
    return common < Math.max(oldest, other.oldest) ? 0 : common;
  }
}
