package io.fairlead.router.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fairlead.router.control.DecisionQuery;
import io.fairlead.router.http.RequestIds;
import io.fairlead.router.model.Names;
import io.fairlead.router.model.RouterError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The question of {@code GET /debug/decisions}: its query, read strictly. */
final class DecisionsQuestion {
  private static final int USUAL_LIMIT = 50;

  private @Nullable String requestId;
  private @Nullable String endpoint;
  private @Nullable RouterError reason;
  private int limit = USUAL_LIMIT;

  private DecisionsQuestion() {}

  /**
   * Reads the query of a target, without {@code ?}.
   *
   * @throws BadQuestion if it is not understood
   */
  static DecisionQuery read(String query) throws BadQuestion {
    var question = new DecisionsQuestion();
    Set<String> seen = new HashSet<>();
    for (String field : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
      int equals = field.indexOf('=');
      String key = equals < 0 ? field : field.substring(0, equals);
      question.take(key, equals < 0 ? "" : field.substring(equals + 1));
      if (!seen.add(key)) {
        throw new BadQuestion(key + ": given twice (expected: once)");
      }
    }
    return new DecisionQuery(
        question.requestId, question.endpoint, question.reason, question.limit);
  }

  private void take(String key, String value) throws BadQuestion {
    switch (key) {
      case "requestId" -> requestId = uuid(value);
      case "endpoint" -> endpoint = name(value);
      case "reason" -> reason = reason(value);
      case "limit" -> limit = limit(value);
      default ->
          throw new BadQuestion(
              BadQuestion.shown(key)
                  + ": unknown (expected: requestId, endpoint, reason or limit)");
    }
  }

  private static String uuid(String value) throws BadQuestion {
    byte[] bytes = value.getBytes(ISO_8859_1);
    if (!RequestIds.isUuid(bytes, 0, bytes.length)) {
      throw new BadQuestion("requestId: " + BadQuestion.shown(value) + " (expected: a UUID)");
    }
    return value;
  }

  private static String name(String value) throws BadQuestion {
    if (!Names.isValid(value)) {
      throw new BadQuestion(
          "endpoint: " + BadQuestion.shown(value) + " (expected: " + Names.EXPECTED + ")");
    }
    return value;
  }

  private static RouterError reason(String value) throws BadQuestion {
    List<String> known = new ArrayList<>();
    for (RouterError error : RouterError.values()) {
      if (error.reason().equals(value)) {
        return error;
      }
      known.add(error.reason());
    }
    throw new BadQuestion(
        "reason: " + BadQuestion.shown(value) + " (expected: " + String.join(", ", known) + ")");
  }

  private static int limit(String value) throws BadQuestion {
    int number = value.matches("[0-9]{1,6}") ? Integer.parseInt(value) : 0;
    if (number < 1 || number > DecisionQuery.MOST) {
      throw new BadQuestion(
          "limit: " + BadQuestion.shown(value) + " (expected: 1 to " + DecisionQuery.MOST + ")");
    }
    return number;
  }
}
