package io.steward.agent.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.Processed;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a line says, without its place in the chain. Not thread-safe.
///
/// @param kind see docs/audit.md
/// @param fields in their order
@SuppressWarnings("MutableRecordComponent") // made for one line, and written once
public record AuditEntry(String kind, ObjectNode fields) {
    private static final int LONGEST = 1_000;

    /// This node was asked to send a message.
    static AuditEntry sent(Message message, Asker asker) {
        AuditEntry entry = of("sent", asker);
        entry.message(message);
        return entry;
    }

    /// A message has come.
    static AuditEntry received(Incoming incoming) {
        AuditEntry entry = of("received");
        entry.message(incoming.message());
        entry.put("sequence", incoming.sequence());
        String refusal = incoming.refusal();
        entry.put("decision", refusal == null ? "allowed" : "refused");
        entry.put("why", refusal);
        return entry;
    }

    /// Something has come that is no message for this node, or whose signature is not right.
    static AuditEntry rejected(DeadLetter letter) {
        AuditEntry entry = of("rejected");
        entry.put("subject", letter.subject());
        entry.put("sequence", letter.sequence());
        entry.put("payload", Hash.of(letter.payload()));
        entry.put("why", letter.reason());
        return entry;
    }

    /// A message that had come has ended.
    static AuditEntry ended(Processed processed) {
        AuditEntry entry = of("ended");
        entry.put("id", processed.entry().message().id().value());
        entry.put("state", processed.entry().state().word());
        Ack ack = processed.entry().ack();
        if (ack != null) {
            if (ack.exitCode() != null) {
                entry.fields.put("exit", ack.exitCode());
            }
            entry.put("signal", ack.signal());
            entry.put("why", ack.reason());
        }
        entry.put(AuditLine.ENDED, processed.sequence());
        return entry;
    }

    /// A run was begun, whose messages go out one after the other.
    static AuditEntry run(String id, String spec, List<NodeName> nodes, Asker asker) {
        AuditEntry entry = of("run", asker);
        entry.put("id", id);
        entry.put("targets", nodes.size());
        entry.put("spec", Hash.of(List.of(spec)));
        return entry;
    }

    /// A schedule was made, paused, resumed or removed.
    ///
    /// @param spec null where it is not changed
    static AuditEntry schedule(String what, String name, @Nullable String spec, Asker asker) {
        AuditEntry entry = of("schedule", asker);
        entry.put("what", what);
        entry.put("name", name);
        entry.put("spec", spec == null ? null : Hash.of(List.of(spec)));
        return entry;
    }

    /// Something was changed about who is in the fleet.
    ///
    /// @param what `adopted`, `refused`, `revoked`, `client`, `token`, `token-revoked`
    /// @param more fields besides
    public static AuditEntry member(String what, Map<String, String> more, Asker asker) {
        AuditEntry entry = of("member", asker);
        entry.put("what", what);
        more.forEach(entry::put);
        return entry;
    }

    /// The HTTP API was asked to change something of which no other line tells.
    ///
    /// @param what see docs/audit.md
    /// @param name of that which is changed
    /// @param detail more about the change; null where there is no more to say
    public static AuditEntry api(String what, String name, @Nullable String detail, Asker asker) {
        return of("api", asker).put("what", what).put("name", name).put("detail", detail);
    }

    static AuditEntry of(String kind) {
        return new AuditEntry(kind, JsonNodeFactory.instance.objectNode());
    }

    private static AuditEntry of(String kind, Asker asker) {
        AuditEntry entry = of(kind);
        entry.put("by", asker.by());
        entry.put("who", asker.who());
        return entry;
    }

    private void message(Message message) {
        put("id", message.id().value());
        put("from", message.from().value());
        put("to", message.subject().node().value());
        put("type", message.subject().type().word());
        put("method", message.subject().method());
        put("domain", message.subject().domain());
        if (message.subject().type() == MessageType.COMMAND
                && message.subject().method().equals("shellcommand")
                && !message.data().isEmpty()) {
            put("program", message.data().getFirst());
        }
        put("data", Hash.of(message.data()));
    }

    /// @param value null to leave the field out
    AuditEntry put(String field, @Nullable String value) {
        if (value != null) {
            fields.put(
                    field, value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "...");
        }
        return this;
    }

    AuditEntry put(String field, long value) {
        fields.put(field, value);
        return this;
    }
}
