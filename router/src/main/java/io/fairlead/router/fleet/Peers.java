package io.fairlead.router.fleet;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Which routers there are, as a coordinator was told, and which of them are known to be over. */
final class Peers {
  /** In this epoch, listed or not. */
  private final Set<String> over = new HashSet<>();

  private Set<String> listed = Set.of();
  private boolean known;
  private boolean areAll;

  /**
   * Takes on which there are.
   *
   * @param nobodyElse whether no other can hold a slot, not even one that was there before
   */
  void list(Set<String> routers, boolean nobodyElse) {
    listed = Set.copyOf(routers);
    known = true;
    areAll = nobodyElse;
  }

  void ended(String router) {
    over.add(router);
  }

  boolean isOver(String router) {
    return over.contains(router);
  }

  void lives(String router) {
    over.remove(router);
  }

  /** Returns whether a router is known not to be one of them any more. */
  boolean isGone(String router) {
    return known && !listed.contains(router);
  }

  boolean contains(String router) {
    return listed.contains(router);
  }

  boolean areKnown() {
    return known;
  }

  boolean areAll() {
    return areAll;
  }

  /** Returns whether it is known which there are, and each was heard or is over. */
  boolean areAccountedFor(Predicate<String> wasHeard) {
    return known && listed.stream().allMatch(peer -> over.contains(peer) || wasHeard.test(peer));
  }
}
