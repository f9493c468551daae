package io.fairlead.router.http;

/**
 * What of a request's target a log or a page may show: its path. Never the query, nor what {@code
 * ;} or {@code #} begin, and nothing of a target that is no path: all of these may hold a secret,
 * and a request that is refused for its form is shown too.
 */
public final class ShownPath {
  private ShownPath() {}

  /** Returns where what is shown ends; it begins at {@link Head#pathStart}. */
  public static int end(Head head) {
    byte[] bytes = head.bytes();
    int start = head.pathStart();
    int end = head.pathEnd();
    if (start >= end || bytes[start] != '/') {
      return start;
    }
    int at = start;
    while (at < end && bytes[at] != ';' && bytes[at] != '#' && bytes[at] != '?') {
      at++;
    }
    return at;
  }
}
