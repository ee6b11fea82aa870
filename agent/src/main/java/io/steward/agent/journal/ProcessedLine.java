package io.steward.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Processed;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.Locale;

/// A line of the processed log: `seq` (without gaps), `at` (when it ended here), `node` (this one),
/// `direction` (`sent`, `received`), `state`, `message` (the envelope), `ack` (null if there was
/// none), `states` (each with its time). Times are RFC 3339, UTC, with milliseconds.
final class ProcessedLine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private ProcessedLine() {}

    /// With the line feed at its end.
    static byte[] of(Processed processed, NodeName node) {
        Entry entry = processed.entry();
        Ack ack = entry.ack();
        ObjectNode line = JSON.createObjectNode();
        line.put("seq", processed.sequence());
        line.put("at", time(processed.at()));
        line.put("node", node.value());
        line.put("direction", word(entry.direction()));
        line.put("state", entry.state().word());
        line.set("message", Envelope.toJson(entry.message()));
        line.set("ack", ack == null ? JSON.nullNode() : Envelope.toJson(ack));
        ObjectNode states = line.putObject("states");
        entry.states().forEach((state, at) -> states.put(state.word(), time(at)));
        try {
            byte[] json = JSON.writeValueAsBytes(line);
            byte[] withEnd = Arrays.copyOf(json, json.length + 1);
            withEnd[json.length] = '\n';
            return withEnd;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON could not be written", e);
        }
    }

    /// The `seq` of a whole line.
    ///
    /// @throws IllegalArgumentException if it is not one
    static long sequenceOf(byte[] line) {
        try {
            var sequence = JSON.readTree(line).path("seq");
            if (sequence.isIntegralNumber()
                    && sequence.canConvertToLong()
                    && sequence.longValue() > 0) {
                return sequence.longValue();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not JSON", e);
        }
        throw new IllegalArgumentException("it has no \"seq\" of 1 or more");
    }

    private static String word(Direction direction) {
        return switch (direction) {
            case SENT -> "sent";
            case RECEIVED -> "received";
        };
    }

    private static String time(Instant at) {
        return TIME.format(at);
    }
}
