package io.fairlead.router.http;

import java.util.ArrayList;
import java.util.List;

/** Heads for tests, made of lines of {@code name: value}. */
final class Heads {
  private Heads() {}

  static Head of(String... fields) {
    Head head = new Head();
    head.reset();
    for (String field : fields) {
      int nameStart = head.append(field);
      int nameEnd = nameStart + field.indexOf(':');
      int id = FieldId.of(head.bytes(), nameStart, nameEnd);
      head.addField(id, nameStart, nameEnd, nameEnd + 2, head.length());
      head.append("\r\n");
    }
    return head;
  }

  /** Returns text as it comes back from a head, which keeps the low byte of each character. */
  static String latin1(String text) {
    StringBuilder low = new StringBuilder();
    text.chars().forEach(c -> low.append((char) (c & 0xff)));
    return low.toString();
  }

  /** Returns the names that are forwarded. */
  static List<String> kept(Head head) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < head.fields(); i++) {
      if (!head.isDropped(i)) {
        names.add(head.text(head.nameStart(i), head.nameEnd(i)));
      }
    }
    return names;
  }
}
