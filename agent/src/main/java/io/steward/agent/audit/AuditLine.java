package io.steward.agent.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One line of an audit log: `{"n":2,"at":"...","kind":"...",...,"prev":"..."}`.
///
/// @param n counts up from 1, over all files
/// @param prev the hash of the line before, without its line feed
/// @param hash that of this line
/// @param json all of it
public record AuditLine(long n, String prev, String hash, JsonNode json) {
    /// The field that says how far the processed log was followed.
    static final String ENDED = "ended";

    private static final int KIND_WITHIN = 120;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// The bytes of a line, with its line feed.
    static byte[] bytes(long n, Instant at, AuditEntry entry, String prev) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("n", n);
        json.put("at", at.toString());
        json.put("kind", entry.kind());
        json.setAll(entry.fields());
        json.put("prev", prev);
        try {
            return (JSON.writeValueAsString(json) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    /// @param bytes without the line feed
    /// @return empty if it is not a line of an audit log
    static Optional<AuditLine> of(byte[] bytes) {
        JsonNode json = tree(bytes);
        if (json == null
                || !json.path("n").canConvertToLong()
                || !json.path("n").isIntegralNumber()
                || !json.path("kind").isTextual()
                || !json.path("at").isTextual()
                || !json.path("prev").isTextual()) {
            return Optional.empty();
        }
        return Optional.of(
                new AuditLine(
                        json.path("n").longValue(),
                        json.path("prev").textValue(),
                        Hash.of(bytes),
                        json));
    }

    private static @Nullable JsonNode tree(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException | StackOverflowError e) {
            return null;
        }
    }

    /// What it says.
    public String kind() {
        return json.path("kind").asText();
    }

    /// How far the processed log was followed with this line; 0 if it does not say.
    long ended() {
        return json.path(ENDED).asLong();
    }

    /// Whether a line may have [#ended], without reading it.
    static boolean tellsAnEnd(byte[] bytes) {
        String start =
                new String(bytes, 0, Math.min(bytes.length, KIND_WITHIN), StandardCharsets.UTF_8);
        return start.contains("\"kind\":\"ended\"")
                || start.contains("\"kind\":\"continued\"")
                || start.contains("\"kind\":\"begin\"");
    }

    Head head() {
        return new Head(n, hash);
    }
}
