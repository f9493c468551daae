package io.fairlead.router.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One block of a PEM file (RFC 7468): its label, the line it begins at, and what it holds.
 *
 * @param encrypted whether it has the headers of RFC 1421 that a passphrase leaves behind
 */
record PemBlock(String label, int line, boolean encrypted, String base64) {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /** Returns the blocks of a text in order; what stands between them is no one's business. */
  static List<PemBlock> scan(String text) throws TlsProblem {
    var blocks = new ArrayList<PemBlock>();
    var lines = text.lines().map(String::strip).toList();
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length()) {
        int end = endOf(lines, i, label(line));
        blocks.add(block(label(line), i + 1, lines.subList(i + 1, end)));
        i = end;
      }
    }
    return blocks;
  }

  byte[] content() {
    return Base64.getDecoder().decode(base64);
  }

  /** Says which block it is, and nothing of what it holds. */
  @Override
  public String toString() {
    return "PemBlock[" + label + ", line=" + line + "]";
  }

  private static String label(String beginLine) {
    return beginLine.substring(BEGIN.length(), beginLine.length() - DASHES.length());
  }

  private static int endOf(List<String> lines, int begin, String label) throws TlsProblem {
    var end = END + label + DASHES;
    for (int i = begin + 1; i < lines.size() && !lines.get(i).startsWith(BEGIN); i++) {
      if (lines.get(i).equals(end)) {
        return i;
      }
    }
    throw new TlsProblem(
        "line %d: %s without an end (expected: %s; is the file half written?)"
            .formatted(begin + 1, label, end));
  }

  private static PemBlock block(String label, int line, List<String> body) throws TlsProblem {
    // RFC 1421 4.6: header fields end at an empty line; base64 has no colon.
    int blank = body.indexOf("");
    boolean headed = !body.isEmpty() && body.getFirst().contains(":") && blank > 0;
    boolean encrypted =
        headed && body.subList(0, blank).stream().anyMatch(field -> field.contains("ENCRYPTED"));
    var base64 = String.join("", headed ? body.subList(blank, body.size()) : body);
    try {
      var block = new PemBlock(label, line, encrypted, base64);
      block.content();
      return block;
    } catch (IllegalArgumentException e) {
      throw new TlsProblem("line %d: %s is not base64".formatted(line, label));
    }
  }
}
