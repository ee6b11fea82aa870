package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Piece;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
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
    final List<Piece> output = new ArrayList<>();
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

    void times(Ack ack) {
        time(State.RECEIVED, ack.receivedAt());
        time(State.STARTED, ack.startedAt());
        time(ack.state(), ack.endedAt());
    }

    private void time(State at, @Nullable Instant when) {
        if (when != null) {
            states.put(at, when);
        }
    }

    /// Takes in the output of a frame or an end, as far as it is new.
    void frame(Ack ack) {
        int last = output.stream().mapToInt(Piece::attempt).max().orElse(0);
        if (ack.attempt() >= last || ack.state().isEnd()) {
            piece(ack.attempt(), false, ack.stdoutAt(), ack.stdout());
            piece(ack.attempt(), true, ack.stderrAt(), ack.stderr());
        }
    }

    private void piece(int attempt, boolean stderr, int at, Output bytes) {
        int end =
                output.stream()
                        .filter(piece -> piece.attempt() == attempt && piece.stderr() == stderr)
                        .mapToInt(piece -> piece.at() + piece.bytes().size())
                        .max()
                        .orElse(0);
        if (at <= end && at + bytes.size() > end) {
            byte[] fresh = Arrays.copyOfRange(bytes.bytes(), end - at, bytes.size());
            output.add(new Piece(output.size() + 1L, attempt, stderr, end, Output.of(fresh)));
        }
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
