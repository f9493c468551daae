package io.fairlead.router.admin;

import io.fairlead.router.control.ScaleState;
import io.fairlead.router.model.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The question of {@code GET /debug/scaling}: its query, read strictly.
 *
 * @param endpoint null for all
 * @param limit most records of each deployment
 */
record ScalingQuestion(@Nullable String endpoint, int limit) {
  private static final int USUAL_LIMIT = 20;
  private static final int MOST = 256;

  /**
   * Reads the query of a target, without {@code ?}.
   *
   * @throws BadQuestion if it is not understood
   */
  static ScalingQuestion read(String query) throws BadQuestion {
    String endpoint = null;
    int limit = USUAL_LIMIT;
    Set<String> seen = new HashSet<>();
    for (String field : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
      int equals = field.indexOf('=');
      String key = equals < 0 ? field : field.substring(0, equals);
      String value = equals < 0 ? "" : field.substring(equals + 1);
      switch (key) {
        case "endpoint" -> endpoint = name(value);
        case "limit" -> limit = limit(value);
        default ->
            throw new BadQuestion(
                BadQuestion.shown(key) + ": unknown (expected: endpoint or limit)");
      }
      if (!seen.add(key)) {
        throw new BadQuestion(key + ": given twice (expected: once)");
      }
    }
    return new ScalingQuestion(endpoint, limit);
  }

  private static String name(String value) throws BadQuestion {
    if (!Names.isValid(value)) {
      throw new BadQuestion(
          "endpoint: " + BadQuestion.shown(value) + " (expected: " + Names.EXPECTED + ")");
    }
    return value;
  }

  private static int limit(String value) throws BadQuestion {
    int number = value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : 0;
    if (number < 1 || number > MOST) {
      throw new BadQuestion(
          "limit: " + BadQuestion.shown(value) + " (expected: 1 to " + MOST + ")");
    }
    return number;
  }

  boolean matches(ScaleState state) {
    return endpoint == null || endpoint.equals(state.key().endpoint());
  }
}
