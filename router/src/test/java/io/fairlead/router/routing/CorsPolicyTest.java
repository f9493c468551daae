package io.fairlead.router.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import io.fairlead.router.http.Method;
import io.fairlead.router.model.Cors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorsPolicyTest {
  private static final String APP = "https://app.example.com";

  @ParameterizedTest
  @CsvSource({
    "https://app.example.com, https://app.example.com",
    "https://app.example.com:443, https://app.example.com",
    "http://app.example.com:80, http://app.example.com",
    "http://localhost:3000, http://localhost:3000",
    "http://[::1]:8080, http://[::1]:8080",
  })
  void namesTheOriginThatIsListed(String listed, String asked) {
    assertThat(marked(cors(listed), request("origin", asked)))
        .contains("access-control-allow-origin: " + asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://app.example.com",
        "https://app.example.com:443",
        "https://app.example.com:8443",
        "https://app.example.com.evil.test",
        "https://evil.test/https://app.example.com",
        "https://App.example.com",
        "https://app.example.co",
        "null",
        "*",
        "",
      })
  void saysNothingToAnyOther(String asked) {
    assertThat(marked(cors(APP), request("origin", asked))).containsExactly("vary: Origin");
  }

  @Test
  void saysNothingWithoutAnOrigin() {
    assertThat(marked(cors(APP), request())).containsExactly("vary: Origin");
  }

  @Test
  void saysNothingToTwoOrigins() {
    assertThat(marked(cors(APP), request("origin", APP, "origin", APP)))
        .containsExactly("vary: Origin");
  }

  @Test
  void allowsEverybodyWithAnAsterisk() {
    assertThat(marked(cors("*"), request("origin", "null")))
        .contains("access-control-allow-origin: *", "vary: Origin");
  }

  @Test
  void replacesWhatAModelSays() {
    Head answer = request("access-control-allow-origin", "*", "vary", "Accept", "x-own", "1");
    new CorsPolicy(cors(APP)).mark(request("origin", APP), answer);

    assertThat(fields(answer))
        .contains("access-control-allow-origin: " + APP, "vary: Accept", "vary: Origin", "x-own: 1")
        .doesNotContain("access-control-allow-origin: *")
        .noneMatch(field -> field.startsWith("access-control-allow-credentials"));
  }

  @Test
  void answersAPreflightWithTheMethodsOfThePlace() {
    Head answer = new Head();
    answer.reset();
    new CorsPolicy(cors(APP)).answerPreflight(request("origin", APP), "GET, HEAD", answer);

    assertThat(fields(answer))
        .contains(
            "vary: Origin",
            "access-control-allow-origin: " + APP,
            "access-control-allow-methods: GET, HEAD",
            "access-control-max-age: 600")
        .anyMatch(
            field ->
                field.startsWith("access-control-allow-headers: authorization, content-type, "));
  }

  @Test
  void answersAPreflightWithTheMethodsAndHeadersThatAreConfigured() {
    Head answer = new Head();
    answer.reset();
    var cors = new Cors(List.of(APP), List.of("POST", "PUT"), List.of("x-tenant", "x-trace"), 0);
    new CorsPolicy(cors).answerPreflight(request("origin", APP), "GET, HEAD", answer);

    assertThat(fields(answer))
        .contains("access-control-allow-methods: POST, PUT", "access-control-max-age: 0")
        .anyMatch(field -> field.endsWith(", x-tenant, x-trace"));
  }

  @Test
  void tellsAPreflightFromAnyOtherQuestion() {
    String asks = "access-control-request-method";
    assertThat(CorsPolicy.isPreflight(options("origin", APP, asks, "POST"))).isTrue();
    assertThat(CorsPolicy.isPreflight(options("origin", APP))).isFalse();
    assertThat(CorsPolicy.isPreflight(options(asks, "POST"))).isFalse();
    assertThat(
            CorsPolicy.isPreflight(
                options("origin", APP, "access-control-request-headers", "content-type")))
        .isFalse();
    assertThat(CorsPolicy.isPreflight(request("origin", APP, asks, "POST"))).isFalse();
  }

  private static Cors cors(String... origins) {
    return new Cors(List.of(origins), List.of(), List.of(), 600);
  }

  /** Returns what an answer without fields says after it was marked. */
  private static List<String> marked(Cors cors, Head request) {
    Head answer = request();
    new CorsPolicy(cors).mark(request, answer);
    return fields(answer);
  }

  private static Head options(String... fields) {
    Head head = request(fields);
    head.method(Method.OPTIONS, 0, 0);
    return head;
  }

  private static Head request(String... fields) {
    Head head = new Head();
    head.reset();
    for (int i = 0; i < fields.length; i += 2) {
      byte[] name = fields[i].getBytes(StandardCharsets.US_ASCII);
      byte[] value = fields[i + 1].getBytes(StandardCharsets.US_ASCII);
      head.addField(FieldId.of(name, 0, name.length), name, value, value.length);
    }
    return head;
  }

  private static List<String> fields(Head head) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < head.fields(); i++) {
      if (!head.isDropped(i)) {
        fields.add(head.text(head.nameStart(i), head.nameEnd(i)) + ": " + head.value(i));
      }
    }
    return fields;
  }
}
