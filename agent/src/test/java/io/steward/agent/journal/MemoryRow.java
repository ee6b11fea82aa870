package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message in a [MemoryJournal]. Guarded by it.
final class MemoryRow {
    final Direction direction;
    final long seq;
    final Message message;
    final @Nullable String hash;
    Instant deadline;
    final Map<State, Instant> states = new EnumMap<>(State.class);
    State state;
    @Nullable String reason;
    @Nullable String note;
    @Nullable Published published;
    @Nullable Instant look;
    int looks;
    int resends;
    int attempt;
    @Nullable String bootId;
    @Nullable Ack ack;

    MemoryRow(Direction direction, long seq, Message message, @Nullable String hash, Instant at) {
        this.direction = direction;
        this.seq = seq;
        this.message = message;
        this.hash = hash;
        this.deadline = message.expiresAt();
        this.state = direction == Direction.SENT ? State.QUEUED : State.RECEIVED;
        states.put(state, at.truncatedTo(ChronoUnit.MILLIS));
    }

    NodeName other() {
        return direction == Direction.SENT ? message.subject().node() : message.from();
    }

    /// Whether it is a sent message in one of the states up to `last`.
    boolean waits(State last) {
        return direction == Direction.SENT && state.compareTo(last) <= 0;
    }

    void move(State next, @Nullable String why, Instant at) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(state + " cannot become " + next);
        }
        state = next;
        reason = why;
        note = null;
        states.put(next, at.truncatedTo(ChronoUnit.MILLIS));
    }

    private Map<State, Instant> states() {
        return Collections.unmodifiableMap(new EnumMap<>(states));
    }

    SentMessage toSent() {
        return new SentMessage(
                message, state, reason, note, published, resends, looks, ack, states());
    }

    ReceivedMessage toReceived() {
        return new ReceivedMessage(seq, message, deadline, state, attempt, bootId, ack, states());
    }

    Entry toEntry() {
        return new Entry(direction, message, state, ack, states());
    }
}
