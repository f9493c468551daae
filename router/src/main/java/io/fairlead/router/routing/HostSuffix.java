package io.fairlead.router.routing;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.Head;

/**
 * The suffix of host names that are an endpoint's: {@code NAME.SUFFIX}, with or without a port.
 *
 * @param text in lower case, without a dot at its beginning; empty for none
 */
public record HostSuffix(String text) {
  /** No host name says anything. */
  public static final HostSuffix NONE = new HostSuffix("");

  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  public HostSuffix {
    if (!text.isEmpty() && !text.matches(LABEL + "(\\." + LABEL + ")*")) {
      throw new IllegalArgumentException(
          "hostSuffix: "
              + text
              + " (expected: a host name in small letters, such as models.local)");
    }
  }

  /** Returns where in the head's authority the endpoint's name ends; -1 if there is none. */
  int nameEnd(Head head) {
    byte[] bytes = head.bytes();
    int end = head.authorityEnd();
    for (int at = head.authorityStart(); at < head.authorityEnd(); at++) {
      if (bytes[at] == ':') {
        end = at;
        break;
      }
    }
    int dot = end - text.length() - 1;
    boolean named = !text.isEmpty() && dot > head.authorityStart() && bytes[dot] == '.';
    return named && Ascii.is(bytes, dot + 1, end, text) ? dot : -1;
  }

  /** Returns the rest of a sentence about what is expected. */
  String orAuthority() {
    return text.isEmpty() ? ")" : ", or :authority NAME." + text + ")";
  }
}
