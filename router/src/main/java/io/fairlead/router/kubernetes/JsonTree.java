package io.fairlead.router.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what an API server says. */
final class JsonTree {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int LONGEST_SHOWN = 300;

  private JsonTree() {}

  /** Makes an object. */
  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Reads one object. */
  static JsonNode read(byte[] json) throws IOException {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new IOException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Reads the texts under {@code data} of a Secret. No failure shows any of it. */
  static Map<String, String> data(byte[] json) throws IOException {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a Secret (expected: an object)");
      }
      for (var each : readObject(parser, Set.of("metadata")).path("data").properties()) {
        if (each.getValue().isString()) {
          texts.put(each.getKey(), each.getValue().asString());
        }
      }
      return texts;
    } catch (JacksonException e) {
      throw new IOException("not JSON"); // its message would have some of what was read
    }
  }

  /**
   * The end of a page of a list.
   *
   * @param version of the whole list
   * @param next asks for the next page; empty after the last
   */
  record PageEnd(String version, String next) {}

  /**
   * Reads a page of a list; each item is forgotten once {@code items} has had it.
   *
   * @param unread fields of an item, and of its metadata, that are left out
   */
  static PageEnd readList(byte[] json, Set<String> unread, Consumer<JsonNode> items)
      throws IOException {
    String version = "";
    String next = "";
    boolean isList = false;
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a list (expected: an object with items)");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("metadata")) {
          JsonNode metadata = parser.readValueAsTree();
          version = metadata.path("resourceVersion").asString("");
          next = metadata.path("continue").asString("");
        } else if (key.equals("items")) {
          isList = true;
          while (value == JsonToken.START_ARRAY && parser.nextToken() != JsonToken.END_ARRAY) {
            items.accept(readObject(parser, unread));
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IOException("not JSON: " + e.getOriginalMessage(), e);
    }
    // What is no list must not pass for an empty one.
    if (!isList || version.isEmpty()) {
      throw new IOException("no list (expected: items and metadata.resourceVersion)");
    }
    return new PageEnd(version, next);
  }

  /** What a watch says at once. */
  record Event(String type, JsonNode object) {}

  /**
   * Reads an event of a watch.
   *
   * @param unread fields of its object, and of the metadata of that, that are left out
   */
  static Event readEvent(byte[] json, Set<String> unread) throws IOException {
    String type = "";
    JsonNode object = MissingNode.getInstance();
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an event (expected: an object with type and object)");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case "type" -> type = parser.getString();
          case "object" -> object = readObject(parser, unread);
          default -> parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw new IOException("not JSON: " + e.getOriginalMessage(), e);
    }
    return new Event(type, object);
  }

  /** Most of a pod is what nobody here looks at: a tree of it would cost more than all the rest. */
  private static JsonNode readObject(JsonParser parser, Set<String> unread) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return parser.readValueAsTree();
    }
    ObjectNode object = MAPPER.createObjectNode();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      if (unread.contains(key)) {
        parser.skipChildren();
      } else if (key.equals("metadata")) {
        object.set(key, readObject(parser, unread));
      } else {
        object.set(key, parser.<JsonNode>readValueAsTree());
      }
    }
    return object;
  }

  /** Returns the message of a {@code Status}, or the beginning of whatever it is. */
  static String message(byte[] body) {
    try {
      String message = MAPPER.readTree(body).path("message").asString("");
      if (!message.isEmpty()) {
        return shorten(message);
      }
    } catch (JacksonException e) {
      // Not from the API server itself: a proxy's page, perhaps.
    }
    return shorten(new String(body, StandardCharsets.UTF_8));
  }

  /** Returns milliseconds of Unix time; 0 for what is no time. */
  static long millis(String time) {
    try {
      return time.isEmpty() ? 0 : Instant.parse(time).toEpochMilli();
    } catch (DateTimeParseException e) {
      return 0;
    }
  }

  private static String shorten(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
  }
}
