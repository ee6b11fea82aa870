package io.steward.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FieldsTest {
    private static JsonNode body(String json) throws IOException {
        return Json.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsOfTheExpectedKindIsTaken() throws IOException {
        JsonNode body = body("{\"name\":\"a\",\"replace\":true,\"tags\":[\"web\",\"db\"]}");
        assertThat(Fields.text(body, "name")).isEqualTo("a");
        assertThat(Fields.flag(body, "replace")).isTrue();
        assertThat(Fields.texts(body, "tags")).containsExactly("web", "db");
    }

    @Test
    void whatIsLeftOutOrNullWasNotGiven() throws IOException {
        for (JsonNode body : new JsonNode[] {body("{}"), body("{\"x\":null}")}) {
            assertThat(Fields.text(body, "x")).isNull();
            assertThat(Fields.flag(body, "x")).isFalse();
            assertThat(Fields.texts(body, "x")).isEmpty();
        }
    }

    @Test
    void anotherKindIsRefusedByFieldAndValue() throws IOException {
        JsonNode body =
                body("{\"name\":7,\"replace\":\"yes\",\"tags\":\"web\",\"some\":[\"a\",1]}");
        assertThatThrownBy(() -> Fields.text(body, "name"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("name: 7, expected text");
        assertThatThrownBy(() -> Fields.flag(body, "replace"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("replace: \"yes\", expected true or false");
        assertThatThrownBy(() -> Fields.texts(body, "tags"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("tags: \"web\", expected an array of texts");
        assertThatThrownBy(() -> Fields.texts(body, "some"))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("some[1]: 1, expected text");
    }
}
