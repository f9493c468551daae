package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A response as a caller gets it.
 *
 * @param fields with names in lower case, each as {@code name: value}
 * @param body without its framing
 */
record Answer(int status, List<String> fields, String body) {
  /** Reads one final or informational response; one to HEAD has no body. */
  static Answer read(InputStream in, boolean toHead) throws IOException {
    String statusLine = line(in);
    if (!statusLine.startsWith("HTTP/1.1 ")) {
      throw new IOException("no response: " + statusLine);
    }
    int status = Integer.parseInt(statusLine.substring(9, 12));
    List<String> fields = fields(in);
    Answer head = new Answer(status, fields, "");
    boolean empty = toHead || status < 200 || status == 204 || status == 304;
    return new Answer(status, fields, empty ? "" : head.body(in));
  }

  /** Returns what came over HTTP/2. */
  static Answer of(Http2Caller.Answer answer) {
    List<String> fields =
        answer.fields().entrySet().stream()
            .filter(field -> !field.getKey().startsWith(":"))
            .map(field -> field.getKey() + ": " + field.getValue())
            .toList();
    return new Answer(answer.status(), fields, answer.body());
  }

  private static List<String> fields(InputStream in) throws IOException {
    List<String> fields = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      fields.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
    }
    return fields;
  }

  private String body(InputStream in) throws IOException {
    String length = field("content-length");
    if ("chunked".equals(field("transfer-encoding"))) {
      var whole = new StringBuilder();
      for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
        whole.append(exactly(in, size));
        exactly(in, 2);
      }
      fields.addAll(fields(in)); // the trailers
      return whole.toString();
    }
    return length == null
        ? new String(in.readAllBytes(), ISO_8859_1)
        : exactly(in, Integer.parseInt(length));
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static String exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("after " + bytes.length + " of " + count + " bytes");
    }
    return new String(bytes, ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("within a head, after: " + line);
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  /** Returns the value of the only field of that name; null if there is none. */
  @Nullable String field(String name) {
    List<String> all = all(name);
    if (all.size() > 1) {
      throw new AssertionError(name + " came twice: " + all);
    }
    return all.isEmpty() ? null : all.getFirst();
  }

  /** Returns the values of all fields of that name. */
  List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.startsWith(name + ": "))
        .map(field -> field.substring(name.length() + 2))
        .toList();
  }

  /** Returns the router's reason; null if the answer is the model's. */
  @Nullable String reason() {
    return field("x-fairlead-reason");
  }

  boolean closes() {
    return "close".equals(field("connection"));
  }
}
