package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.ProcessInfo;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How things look in answers. Field names are part of the API: they are added to and never
/// changed.
final class Views {
    private Views() {}

    static ObjectNode ids(List<MessageId> ids) {
        ObjectNode json = Json.object();
        ArrayNode messages = json.putArray("messages");
        ids.forEach(id -> messages.addObject().put("id", id.value()));
        return json;
    }

    /// @param problem why the queued messages of a subject are not going out; told where the
    ///   journal has no note of its own
    static ObjectNode sent(SentMessage sent, Function<Subject, Optional<String>> problem) {
        ObjectNode json =
                message(Direction.SENT, sent.message(), sent.state(), sent.ack(), sent.states());
        String reason = sent.reason();
        if (reason == null && sent.ack() != null) {
            reason = sent.ack().reason();
        }
        put(json, "reason", reason);
        String note = sent.note();
        if (note == null && sent.state() == State.QUEUED) {
            note = problem.apply(sent.message().subject()).orElse(null);
        }
        put(json, "note", note);
        json.put("resends", sent.resends());
        if (sent.published() != null) {
            json.putObject("published")
                    .put("stream", sent.published().stream())
                    .put("sequence", sent.published().sequence())
                    .put("at", Json.time(sent.published().at()));
        }
        return json;
    }

    static ObjectNode received(ReceivedMessage received) {
        ObjectNode json =
                message(
                        Direction.RECEIVED,
                        received.message(),
                        received.state(),
                        received.outcome(),
                        received.states());
        if (received.outcome() != null) {
            put(json, "reason", received.outcome().reason());
        }
        json.put("attempt", received.attempt());
        return json;
    }

    static ObjectNode entry(Entry entry) {
        ObjectNode json =
                message(
                        entry.direction(),
                        entry.message(),
                        entry.state(),
                        entry.ack(),
                        entry.states());
        if (entry.ack() != null) {
            put(json, "reason", entry.ack().reason());
        }
        return json;
    }

    private static ObjectNode message(
            Direction direction,
            Message message,
            State state,
            @Nullable Ack ack,
            Map<State, Instant> states) {
        ObjectNode json = Json.object();
        json.put("id", message.id().value());
        json.put("direction", word(direction));
        json.put("node", other(direction, message).value());
        json.put("state", state.word());
        json.put("ended", state.isEnd());
        json.set("message", Envelope.toJson(message));
        if (ack != null) {
            json.set("ack", Envelope.toJson(ack));
        }
        json.set("states", states(states));
        return json;
    }

    /// A line of the processed log.
    ///
    /// @param node the node whose log it is
    static ObjectNode processed(NodeName node, Processed processed) {
        Entry entry = processed.entry();
        ObjectNode json = Json.object();
        json.put("seq", processed.sequence());
        json.put("at", Json.time(processed.at()));
        json.put("node", node.value());
        json.put("direction", word(entry.direction()));
        json.put("state", entry.state().word());
        json.set("message", Envelope.toJson(entry.message()));
        if (entry.ack() == null) {
            json.putNull("ack");
        } else {
            json.set("ack", Envelope.toJson(entry.ack()));
        }
        json.set("states", states(entry.states()));
        return json;
    }

    static ObjectNode process(ProcessInfo info) {
        ObjectNode json = Json.object();
        json.put("path", info.path());
        json.put("kind", info.kind().name().toLowerCase(Locale.ROOT));
        json.put("status", info.status().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.put("since", Json.time(info.since()));
        json.put("handled", info.handled());
        json.put("restarts", info.restarts());
        json.put("mailbox", info.mailbox());
        if (info.lastError() != null) {
            json.set("lastError", error(info.lastError()));
        }
        return json;
    }

    static ObjectNode error(ErrorReport report) {
        ObjectNode json = Json.object();
        json.put("process", report.process());
        json.put("severity", report.severity().name().toLowerCase(Locale.ROOT));
        json.put("doing", report.doing());
        json.put("cause", report.cause());
        json.put("first", Json.time(report.first()));
        json.put("last", Json.time(report.last()));
        json.put("count", report.count());
        return json;
    }

    static String word(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    private static NodeName other(Direction direction, Message message) {
        return direction == Direction.SENT ? message.subject().node() : message.from();
    }

    private static ObjectNode states(Map<State, Instant> states) {
        ObjectNode json = Json.object();
        states.forEach((state, at) -> json.put(state.word(), Json.time(at)));
        return json;
    }

    static void put(ObjectNode json, String field, @Nullable String value) {
        if (value != null) {
            json.put(field, value);
        }
    }
}
