package io.fairlead.router.admin;

import io.fairlead.router.http.Ascii;
import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Grpc;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.http.WebSocket;
import io.fairlead.router.model.Names;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The question of {@code POST /debug/explain}, read strictly: what is asked becomes a head as a
 * caller's would be. Nothing of a header's value is ever quoted.
 */
final class ExplainQuestion {
  private static final Set<String> KEYS =
      Set.of("endpoint", "path", "method", "headers", "bodyBytes");
  private static final String EXPECTED = "endpoint, path, method, headers and bodyBytes";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode question;
  private final Head head = new Head();

  private ExplainQuestion(JsonNode question) {
    this.question = question;
  }

  /**
   * Returns the head that is asked about.
   *
   * @throws BadQuestion if the question is not understood; its message is for the caller
   */
  static Head read(byte[] body) throws BadQuestion {
    JsonNode question;
    try {
      question = JSON.readTree(body);
    } catch (JacksonException e) {
      // its message would quote the source
      throw new BadQuestion("body: no JSON (expected: one object of " + EXPECTED + ")");
    }
    if (!question.isObject()) {
      throw new BadQuestion("body: no object (expected: an object of " + EXPECTED + ")");
    }
    for (String key : question.propertyNames()) {
      if (!KEYS.contains(key)) {
        throw new BadQuestion(BadQuestion.shown(key) + ": unknown (expected: " + EXPECTED + ")");
      }
    }
    return new ExplainQuestion(question).head();
  }

  private Head head() throws BadQuestion {
    head.reset();
    method();
    target();
    headers();
    long bodyBytes = bodyBytes();
    head.framing(bodyBytes > 0 ? Head.Framing.LENGTH : Head.Framing.NONE, bodyBytes);
    head.webSocket(WebSocket.isAskedFor(head));
    head.grpc(Grpc.isCall(head)); // which comes by HTTP/2: nobody asks about it otherwise
    return head;
  }

  private void method() throws BadQuestion {
    String method = question.has("method") ? text("method") : "POST";
    int from = head.append(method);
    if (!isVisible(method) || !Ascii.isToken(head.bytes(), from, head.length())) {
      throw new BadQuestion("method: " + BadQuestion.shown(method) + " (expected: such as POST)");
    }
    head.method(Method.of(head.bytes(), from, head.length()), from, head.length());
  }

  private void target() throws BadQuestion {
    if (question.has("endpoint") == question.has("path")) {
      throw new BadQuestion(
          question.has("path")
              ? "path: beside endpoint (expected: one of them)"
              : "endpoint: missing (expected: the name of an endpoint, or path)");
    }
    String target;
    if (question.has("path")) {
      target = text("path");
      if (!target.startsWith("/") || !isVisible(target)) {
        throw new BadQuestion("path: no path (expected: / and visible characters)");
      }
    } else {
      String name = text("endpoint");
      if (!Names.isValid(name)) {
        throw new BadQuestion(
            "endpoint: " + BadQuestion.shown(name) + " (expected: " + Names.EXPECTED + ")");
      }
      target = "/api/v1/endpoint/" + name + "/score";
    }
    int from = head.append(target);
    int query = target.indexOf('?');
    head.target(from, head.length());
    head.path(from, query < 0 ? head.length() : from + query);
  }

  private void headers() throws BadQuestion {
    JsonNode headers = question.get("headers");
    if (headers != null && !headers.isObject()) {
      throw new BadQuestion("headers: no object (expected: an object of names and texts)");
    }
    if (headers != null) {
      for (Map.Entry<String, JsonNode> each : headers.properties()) {
        header(each.getKey(), each.getValue());
      }
    }
    int host = head.find(FieldId.HOST);
    if (host >= 0) {
      head.authority(head.valueStart(host), head.valueEnd(host));
    } else {
      int from = head.append("localhost");
      head.authority(from, head.length());
    }
  }

  private void header(String name, JsonNode value) throws BadQuestion {
    int nameFrom = head.append(name);
    int nameEnd = head.length();
    if (!isVisible(name) || !Ascii.isToken(head.bytes(), nameFrom, nameEnd)) {
      throw new BadQuestion("headers." + BadQuestion.shown(name) + ": no name (expected: a token)");
    }
    if (!value.isString()) {
      throw new BadQuestion("headers." + name + ": no text (expected: a text)");
    }
    String text = value.stringValue().strip();
    if (!text.chars()
        .allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f) || (c > 0x7f && c <= 0xff))) {
      throw new BadQuestion("headers." + name + ": control or wide character (expected: none)");
    }
    int valueFrom = head.append(text);
    int id = FieldId.of(head.bytes(), nameFrom, nameEnd);
    head.addField(id, nameFrom, nameEnd, valueFrom, head.length());
  }

  private long bodyBytes() throws BadQuestion {
    JsonNode bytes = question.get("bodyBytes");
    if (bytes == null) {
      return 0;
    }
    if (!bytes.isIntegralNumber() || !bytes.canConvertToLong() || bytes.longValue() < 0) {
      throw new BadQuestion("bodyBytes: no size (expected: a whole number, 0 or more)");
    }
    return bytes.longValue();
  }

  private String text(String key) throws BadQuestion {
    JsonNode value = question.get(key);
    if (value == null || !value.isString() || value.stringValue().isEmpty()) {
      throw new BadQuestion(key + ": no text (expected: a text that is not empty)");
    }
    return value.stringValue();
  }

  private static boolean isVisible(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
