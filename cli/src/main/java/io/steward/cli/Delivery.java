package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.messages.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One message as the agent tells of it.
///
/// @param json all the agent said
record Delivery(JsonNode json) {

    String id() {
        return json.path("id").asText();
    }

    /// The other node.
    String node() {
        return json.path("node").asText();
    }

    State state() {
        return State.of(json.path("state").asText("queued"));
    }

    @Nullable String reason() {
        return text(json.path("reason"));
    }

    /// Why it is still waiting.
    @Nullable String note() {
        return text(json.path("note"));
    }

    JsonNode message() {
        return json.path("message");
    }

    String method() {
        return message().path("method").asText();
    }

    Optional<Integer> exitCode() {
        JsonNode code = json.path("ack").path("exitCode");
        return code.isInt() ? Optional.of(code.asInt()) : Optional.empty();
    }

    byte[] stdout() {
        return output("stdout");
    }

    byte[] stderr() {
        return output("stderr");
    }

    boolean truncated() {
        return json.path("ack").path("truncated").asBoolean();
    }

    private byte[] output(String field) {
        JsonNode ack = json.path("ack");
        if (ack.has(field + "Base64")) {
            return Base64.getDecoder().decode(ack.path(field + "Base64").asText());
        }
        return ack.path(field).asText("").getBytes(StandardCharsets.UTF_8);
    }

    /// Each state it was in, with its time, in order.
    Map<String, Instant> states() {
        Map<String, Instant> states = new LinkedHashMap<>();
        json.path("states")
                .properties()
                .forEach(state ->
                        time(state.getValue()).ifPresent(at -> states.put(state.getKey(), at)));
        return states;
    }

    /// From the first state to the last.
    Duration took() {
        Map<String, Instant> states = states();
        if (states.isEmpty()) {
            return Duration.ZERO;
        }
        Instant first = states.values().iterator().next();
        Instant last = first;
        for (Instant at : states.values()) {
            last = at.isAfter(last) ? at : last;
        }
        return Duration.between(first, last);
    }

    /// How it ended or why it has not, in a few words: `failed: exit code 3`.
    String outcome() {
        State state = state();
        StringBuilder text = new StringBuilder(state.word());
        int exit = exitCode().orElse(0);
        if (exit != 0) {
            text.append(": exit code ").append(exit);
        } else if (reason() != null) {
            text.append(": ").append(reason());
        } else if (!state.isEnd() && note() != null) {
            text.append(": ").append(note());
        }
        return text.toString();
    }

    private static Optional<Instant> time(JsonNode node) {
        try {
            return Optional.of(Instant.parse(node.asText()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.asText() : null;
    }
}
