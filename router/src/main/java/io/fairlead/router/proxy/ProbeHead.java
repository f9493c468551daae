package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;

/** The head of a probe, as if a caller had sent it: a GET that says whose it is. */
final class ProbeHead {
  private static final byte[] NAME = "user-agent".getBytes(US_ASCII);
  private static final byte[] VALUE = "fairlead-probe".getBytes(US_ASCII);

  private ProbeHead() {}

  /** Fills {@code head}, which is empty; the path is the business of its route. */
  static void write(Head head) {
    int start = head.append("GET");
    head.method(Method.GET, start, head.length());
    head.target(head.length(), head.length());
    head.path(head.length(), head.length());
    head.framing(Head.Framing.NONE, -1);
    head.addField(FieldId.OTHER, NAME, VALUE, VALUE.length);
  }
}
