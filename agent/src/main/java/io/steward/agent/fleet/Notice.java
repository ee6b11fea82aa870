package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// What somebody tells many nodes at once. Nobody answers it.
///
/// As JSON it is `{"v": 1, "id": "01J...", "topic": "weather", "data": ["storm"], "target": "",
/// "createdAt": "2026-11-20T08:30:00Z"}`; who has sent it is in the subject. What else an object
/// has is left out.
///
/// @param topic 1 to 64 of `A-Z a-z 0-9 _ -`
/// @param target which nodes are meant, without groups (docs/targets.md has the language); empty
///   for all
/// @param createdAt cut to milliseconds
public record Notice(
        MessageId id,
        NodeName from,
        String topic,
        List<String> data,
        String target,
        Instant createdAt) {

    /// The largest, as JSON.
    public static final int MAX_BYTES = 64 << 10;

    private static final int VERSION = 1;
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final JsonMapper JSON = new JsonMapper();

    /// @throws IllegalArgumentException if the topic is none, or the whole is too large
    public Notice {
        checkTopic(topic);
        data = List.copyOf(data);
        createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS);
        int bytes =
                json(id, topic, data, target, createdAt).getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "data: the notice has %d bytes as JSON, expected at most %d"
                            .formatted(bytes, MAX_BYTES));
        }
    }

    /// The topic itself.
    ///
    /// @throws IllegalArgumentException if it is none
    public static String checkTopic(String topic) {
        if (!TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException(
                    "topic: \"%s\" is no topic, expected 1 to 64 of A-Z a-z 0-9 _ -"
                            .formatted(topic.length() > 80 ? topic.substring(0, 80) : topic));
        }
        return topic;
    }

    /// As JSON.
    public String content() {
        return json(id, topic, data, target, createdAt);
    }

    private static String json(
            MessageId id, String topic, List<String> data, String target, Instant createdAt) {
        ObjectNode json = JSON.createObjectNode();
        json.put("v", VERSION).put("id", id.value()).put("topic", topic);
        data.forEach(json.putArray("data")::add);
        json.put("target", target).put("createdAt", createdAt.toString());
        return json.toString();
    }

    /// Reads what [#content] wrote.
    ///
    /// @throws IllegalArgumentException if it is no notice; the message says why
    static Notice of(NodeName from, byte[] content) {
        JsonNode json;
        try {
            json = JSON.readTree(content);
        } catch (IOException e) {
            throw new IllegalArgumentException("it is no JSON", e);
        }
        if (!json.isObject() || json.path("v").asInt() != VERSION) {
            throw new IllegalArgumentException(
                    "its field v is %s, expected %d: it may be from a newer version"
                            .formatted(json.path("v"), VERSION));
        }
        List<String> data = new ArrayList<>();
        for (JsonNode each : json.path("data")) {
            data.add(text(each, "data"));
        }
        try {
            return new Notice(
                    new MessageId(text(json.path("id"), "id")),
                    from,
                    text(json.path("topic"), "topic"),
                    data,
                    text(json.path("target"), "target"),
                    Instant.parse(text(json.path("createdAt"), "createdAt")));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("createdAt: " + e.getMessage(), e);
        }
    }

    private static String text(JsonNode json, String field) {
        if (!json.isTextual()) {
            throw new IllegalArgumentException(field + ": expected text");
        }
        return json.asText();
    }
}
