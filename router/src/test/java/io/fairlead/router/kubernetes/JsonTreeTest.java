package io.fairlead.router.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.router.resource.ClusterObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonTreeTest {
  private static final Set<String> UNREAD = Set.of("spec", "managedFields");

  private static final String OBJECT =
      """
      {"metadata":{"name":"a","managedFields":[{"spec":{"f:x":{}}}],"resourceVersion":"7"},
       "spec":{"containers":[{"name":"}"}]},"status":{"spec":1,"conditions":[{"managedFields":2}]}}
      """;

  private static final String REST =
      """
      {"metadata":{"name":"a","resourceVersion":"7"},
       "status":{"spec":1,"conditions":[{"managedFields":2}]}}
      """;

  @Test
  void anEventIsReadWithoutWhatNobodyLooksAt() throws IOException {
    JsonTree.Event event = event("{\"type\":\"ADDED\",\"more\":[{}],\"object\":" + OBJECT + "}");

    assertThat(event.type()).isEqualTo("ADDED");
    assertThat(event.object()).isEqualTo(JsonTree.read(REST.getBytes(UTF_8)));
  }

  @Test
  void soIsAList() throws IOException {
    List<JsonNode> items = new ArrayList<>();
    String list =
        "{\"metadata\":{\"resourceVersion\":\"9\",\"continue\":\"c\"},\"items\":["
            + OBJECT
            + ","
            + OBJECT
            + "]}";

    JsonTree.PageEnd end = JsonTree.readList(list.getBytes(UTF_8), UNREAD, items::add);

    assertThat(end).isEqualTo(new JsonTree.PageEnd("9", "c"));
    JsonNode rest = JsonTree.read(REST.getBytes(UTF_8));
    assertThat(items).containsExactly(rest, rest);
  }

  @Test
  void ofASecretOnlyItsTextsAreRead() throws IOException {
    String secret =
        "{\"kind\":\"Secret\",\"metadata\":{\"data\":{\"a\":\"b\"}},"
            + "\"data\":{\"one\":\"MQ==\",\"two\":\"\",\"three\":null,\"four\":{\"x\":\"y\"}}}";

    assertThat(JsonTree.data(secret.getBytes(UTF_8)))
        .containsOnly(Map.entry("one", "MQ=="), Map.entry("two", ""));
    assertThat(JsonTree.data("{\"metadata\":{}}".getBytes(UTF_8))).isEmpty();
    for (String bad : List.of("", "[]", "{\"data\":{\"a\":c2VjcmV0}}", "<html>")) {
      assertThatThrownBy(() -> JsonTree.data(bad.getBytes(UTF_8)))
          .isInstanceOf(IOException.class)
          .hasNoCause()
          .message()
          .startsWith("not ")
          .doesNotContain("c2VjcmV0");
    }
  }

  @Test
  void aDeploymentMayBeCalledLikeAFieldThatIsNotRead() throws IOException {
    String object =
        "{\"metadata\":{\"name\":\"a\",\"annotations\":{}},\"spec\":{\"traffic\":{\"annotations\":100}}}";
    Decoder<ClusterObject> decoder = Decoder.of(ClusterObject.Kind.ENDPOINT);

    JsonNode read =
        JsonTree.readEvent(
                ("{\"type\":\"ADDED\",\"object\":" + object + "}").getBytes(UTF_8),
                decoder.unread())
            .object();

    assertThat(decoder.decode(read))
        .extracting(ClusterObject::json)
        .isEqualTo("{\"spec\":{\"traffic\":{\"annotations\":100}}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"type\":\"ADDED\",\"object\":{",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":",
        "{\"object\":{\"spec\":{\"a\":",
        "{\"object\":{\"metadata\":{\"managedFields\":[",
        "{\"type\":\"DEL"
      })
  void whatIsCutOffIsNoEvent(String json) {
    assertThatThrownBy(() -> event(json)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"type\":\"ADDED\",\"object\":7}", "{\"object\":{\"metadata\":1}}"})
  void whatIsNoObjectHasNoVersion(String json) throws IOException {
    assertThat(event(json).object().path("metadata").path("resourceVersion").asString(""))
        .isEmpty();
  }

  private static JsonTree.Event event(String json) throws IOException {
    return JsonTree.readEvent(json.getBytes(UTF_8), UNREAD);
  }
}
