package io.steward.messages;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What can be made out of a payload that is no envelope: its outermost strings and numbers, up to
/// where it cannot be read any more. The first of two fields of one name counts.
final class Glance {
    private final Map<String, String> strings = new HashMap<>();
    private final Map<String, String> numbers = new HashMap<>();

    Glance(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        int start = text.startsWith("\uFEFF") ? 1 : 0;
        try (JsonParser parser = Parsers.JSON.createParser(text.substring(start))) {
            read(parser);
        } catch (IOException e) {
            // What was found up to here is what there is.
        }
    }

    private void read(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING) {
                strings.putIfAbsent(name, parser.getText());
            } else if (value == JsonToken.VALUE_NUMBER_INT) {
                numbers.putIfAbsent(name, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
    }

    Optional<Envelope.Sender> sender() {
        MessageId id = made(strings.get("id"), MessageId::new);
        NodeName from = made(strings.get("from"), NodeName::new);
        String domain = made(strings.get("domain"), text -> Token.require("domain", text));
        return id == null || from == null
                ? Optional.empty()
                : Optional.of(new Envelope.Sender(id, from, domain == null ? "" : domain));
    }

    OptionalLong version() {
        Long version = made(numbers.get("v"), Long::valueOf);
        return version == null ? OptionalLong.empty() : OptionalLong.of(version);
    }

    private static <T> @Nullable T made(@Nullable String text, ValueReader.Words<T> words) {
        try {
            return text == null ? null : words.of(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
