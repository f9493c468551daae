package io.fairlead.router.resource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of the table of fields as a structural schema (OpenAPI v3, as custom resources have it). */
final class Schema {
  private static final int LONGEST_LABEL = 63;
  private static final String LABEL_VALUE = "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$";

  private Schema() {}

  static Map<String, Object> of(Field field) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("description", field.meaning());
    switch (field) {
      case Field.Text text -> text(schema, text);
      case Field.Time _ -> {
        schema.put("type", "string");
        schema.put("format", "date-time");
      }
      case Field.Word word -> {
        schema.put("type", "string");
        schema.put("enum", word.words());
        putFallback(schema, word.fallback());
      }
      case Field.Whole whole -> whole(schema, whole.least(), whole.most(), whole.fallback());
      case Field.Flag _ -> {
        schema.put("type", "boolean");
        schema.put("default", false);
      }
      case Field.Texts texts -> {
        schema.put("type", "array");
        schema.put("maxItems", texts.most());
        schema.put("items", withoutDescription(of(texts.item())));
      }
      case Field.Shares shares -> {
        schema.put("type", "object");
        schema.put("maxProperties", shares.most());
        Map<String, Object> share = new LinkedHashMap<>();
        whole(share, shares.least(), shares.mostPercent(), null);
        schema.put("additionalProperties", share);
        putRules(schema, shares.rules());
      }
      case Field.Labels labels -> {
        schema.put("type", "object");
        schema.put("maxProperties", labels.most());
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("type", "string");
        value.put("maxLength", LONGEST_LABEL);
        value.put("pattern", LABEL_VALUE);
        schema.put("additionalProperties", value);
      }
      case Field.Section section -> section(schema, section);
      case Field.Sections sections -> {
        schema.put("type", "array");
        schema.put("maxItems", sections.most());
        schema.put("x-kubernetes-list-type", "map");
        schema.put("x-kubernetes-list-map-keys", List.of(sections.identity()));
        schema.put("items", withoutDescription(of(sections.item())));
      }
    }
    return schema;
  }

  private static void text(Map<String, Object> schema, Field.Text text) {
    schema.put("type", "string");
    if (text.shortest() > 0) {
      schema.put("minLength", text.shortest());
    }
    schema.put("maxLength", text.longest());
    if (text.pattern() != null) {
      schema.put("pattern", text.pattern());
    }
    putFallback(schema, text.fallback());
  }

  private static void whole(
      Map<String, Object> schema, long least, long most, @Nullable Long fallback) {
    schema.put("type", "integer");
    schema.put("format", most > Integer.MAX_VALUE ? "int64" : "int32");
    schema.put("minimum", least);
    if (most < Long.MAX_VALUE) {
      schema.put("maximum", most);
    }
    putFallback(schema, fallback);
  }

  private static void section(Map<String, Object> schema, Field.Section section) {
    schema.put("type", "object");
    if (!section.required().isEmpty()) {
      schema.put("required", section.required());
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    section.fields().forEach(field -> properties.put(field.key(), of(field)));
    schema.put("properties", properties);
    putRules(schema, section.rules());
  }

  static void putRules(Map<String, Object> schema, List<Field.Rule> rules) {
    if (rules.isEmpty()) {
      return;
    }
    List<Map<String, Object>> written = new ArrayList<>();
    for (Field.Rule rule : rules) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("rule", rule.cel());
      one.put("message", rule.message());
      written.add(one);
    }
    schema.put("x-kubernetes-validations", written);
  }

  private static void putFallback(Map<String, Object> schema, @Nullable Object fallback) {
    if (fallback != null) {
      schema.put("default", fallback);
    }
  }

  private static Map<String, Object> withoutDescription(Map<String, Object> schema) {
    schema.remove("description");
    return schema;
  }
}
