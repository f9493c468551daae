package io.fairlead.router.admin;

/** Text of a page: markup is written as it is, everything else is escaped. */
final class Html {
  private final StringBuilder out = new StringBuilder(4_096);

  /** Writes markup; a literal of the code, never a value. */
  Html markup(String markup) {
    out.append(markup);
    return this;
  }

  /** Writes a value so that it is text wherever it stands, in an attribute too. */
  Html text(Object value) {
    String text = value.toString();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return this;
  }

  /** Writes one cell of a table. */
  Html cell(Object value) {
    return markup("<td>").text(value).markup("</td>");
  }

  /** Writes one line of a list of terms. */
  Html term(String term, Object value) {
    return markup("<dt>").text(term).markup("</dt><dd>").text(value).markup("</dd>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
