package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/// Messages in one line each, for people.
final class Lines {
    private static final int DATA_SHOWN = 100;
    private static final int CELL = 60;

    private Lines() {}

    /// The arguments of a message, quoted where one could not tell them apart.
    static String data(JsonNode envelope) {
        StringBuilder text = new StringBuilder();
        for (JsonNode item : envelope.path("data")) {
            String word = item.asText();
            boolean plain =
                    !word.isEmpty()
                            && word.chars().noneMatch(c -> c <= ' ' || c == '"' || c == '\'');
            text.append(text.isEmpty() ? "" : " ").append(plain ? word : item.toString());
        }
        return text.length() > DATA_SHOWN ? text.substring(0, DATA_SHOWN) + "..." : text.toString();
    }

    /// What fits into a column; `status ID` and `-o json` have all of it.
    static String shortened(String text) {
        return text.length() > CELL ? text.substring(0, CELL - 3) + "..." : text;
    }

    /// A line of the processed log.
    static String processed(JsonNode line) {
        JsonNode envelope = line.path("message");
        boolean sent = line.path("direction").asText().equals("sent");
        JsonNode ack = line.path("ack");
        String other = envelope.path(sent ? "to" : "from").asText();
        StringBuilder text = new StringBuilder(Times.near(line.path("at").asText()));
        text.append(sent ? "  to " : "  from ").append(other).append("  ");
        text.append(line.path("state").asText());
        if (ack.path("exitCode").asInt() != 0) {
            text.append(" (exit code ").append(ack.path("exitCode").asInt()).append(')');
        } else if (ack.hasNonNull("reason")) {
            text.append(" (").append(ack.path("reason").asText()).append(')');
        }
        if (ack.hasNonNull("durationMs")) {
            Duration took = Duration.ofMillis(ack.path("durationMs").asLong());
            text.append(" in ").append(Times.length(took));
        }
        text.append("  ").append(envelope.path("method").asText());
        text.append(' ').append(data(envelope));
        text.append("  ").append(envelope.path("id").asText());
        return text.toString().replace('\n', ' ');
    }
}
