package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.Published;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.Output;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Messages and ACKs for the tests of journals, with a clock that stands until it is moved.
final class Samples {
    static final NodeName CENTRAL = new NodeName("central");
    static final NodeName SHIP = new NodeName("ship1");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MessageIds ids = new MessageIds(this::now);

    Instant now() {
        return now;
    }

    InstantSource clock() {
        return this::now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    MessageId id() {
        return ids.next();
    }

    Message command() {
        return command(SHIP, Map.of());
    }

    Message command(NodeName to, Map<String, String> labels) {
        return command(CENTRAL, to, labels, null);
    }

    Message command(
            NodeName from,
            NodeName to,
            Map<String, String> labels,
            @Nullable Duration methodTimeout) {
        return new Message(
                id(),
                from,
                new Subject(to, MessageType.COMMAND, "shellcommand", "operatingsystem"),
                List.of("bash", "-c", "ls -l ../"),
                now,
                now.plus(Message.DEFAULT_EXPIRY),
                Duration.ofSeconds(30),
                3,
                methodTimeout,
                true,
                OnInterrupt.AUTO,
                3,
                null,
                labels,
                false,
                null);
    }

    Ack ack(Message about, State state) {
        return ack(about, state, null);
    }

    Ack ack(Message about, State state, @Nullable Instant receivedAt) {
        return new Ack(
                about.id(),
                about.subject().node(),
                state,
                state == State.FAILED ? "exit code 2" : null,
                state == State.FAILED ? 2 : null,
                null,
                state.isEnd() ? Output.of("total 0\n") : Output.EMPTY,
                Output.EMPTY,
                0,
                0,
                false,
                state == State.RECEIVED ? null : now,
                state.isEnd() ? Duration.ofMillis(12) : null,
                state == State.RECEIVED ? 0 : 1,
                receivedAt);
    }

    Message ackMessage(Message about, State state) {
        return Message.ofAck(id(), about.subject().node(), about, ack(about, state), now);
    }

    Published published(long sequence) {
        return new Published(
                "STEWARD_NODE_ship1", Instant.parse("2025-12-01T00:00:00Z"), sequence, now);
    }

    Incoming incoming(Message message, long sequence) {
        return new Incoming(message, "hash of " + message.id(), sequence, now);
    }

    Finish finish(Message message, State state) {
        return new Finish(
                message.id(), ack(message, state), ackMessage(message, state), List.of(), now);
    }
}
