package io.fairlead.router.auth;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;

/** Heads of requests with the credentials that a test says. */
final class Requests {
  private Requests() {}

  /** Returns a head with these values of {@code Authorization}, each in a field of its own. */
  static Head with(String... values) {
    Head head = new Head();
    head.reset();
    for (String value : values) {
      int nameStart = head.append("Authorization: ");
      int valueStart = head.append(value);
      int id = FieldId.of(head.bytes(), nameStart, valueStart - 2);
      head.addField(id, nameStart, valueStart - 2, valueStart, head.length());
    }
    return head;
  }
}
