package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fields of a JSON body, of the kind that is expected. One that is left out, or null, was not
/// given.
final class Fields {
    private Fields() {}

    /// @return null if it was not given
    /// @throws Problem if it is no text
    static @Nullable String text(JsonNode body, String name) {
        JsonNode given = body.path(name);
        if (!body.hasNonNull(name)) {
            return null;
        }
        if (!given.isTextual()) {
            throw unexpected(name, given, "text");
        }
        return given.asText();
    }

    /// @return false if it was not given
    /// @throws Problem if it is neither true nor false
    static boolean flag(JsonNode body, String name) {
        JsonNode given = body.path(name);
        if (body.hasNonNull(name) && !given.isBoolean()) {
            throw unexpected(name, given, "true or false");
        }
        return given.asBoolean();
    }

    /// @return empty if it was not given
    /// @throws Problem if it is no array of texts
    static List<String> texts(JsonNode body, String name) {
        JsonNode given = body.path(name);
        if (body.hasNonNull(name) && !given.isArray()) {
            throw unexpected(name, given, "an array of texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode each : given) {
            if (!each.isTextual()) {
                throw unexpected("%s[%d]".formatted(name, texts.size()), each, "text");
            }
            texts.add(each.asText());
        }
        return texts;
    }

    private static Problem unexpected(String name, JsonNode given, String expected) {
        return Problem.badRequest("%s: %s, expected %s".formatted(name, given, expected));
    }
}
