package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is written of sent and received messages alike.
final class Messages {
    private static final String INSERT =
            """
            INSERT INTO message (id, direction, seq, state, node, type, method, domain, created,
              expires, method_timeout, ack_timeout, labels, queued, received)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private Messages() {}

    /// Adds a message, as queued (sent) or received. Not for ACKs.
    ///
    /// @param expires by the clock of the sender, for a received one by that of the broker
    static void add(
            Transaction tx,
            Direction direction,
            Draft draft,
            @Nullable String hash,
            Instant expires,
            Instant at)
            throws SQLException {
        Message message = draft.message();
        boolean sent = direction == Direction.SENT;
        State state = sent ? State.QUEUED : State.RECEIVED;
        String id = message.id().value();
        long seq = tx.counters().nextSeq();
        tx.sql()
                .update(
                        INSERT,
                        id,
                        Rows.number(direction),
                        seq,
                        Rows.number(state),
                        draft.other(direction).value(),
                        message.subject().type().word(),
                        message.subject().method(),
                        message.subject().domain(),
                        message.createdAt().toEpochMilli(),
                        expires.toEpochMilli(),
                        Draft.millis(message.methodTimeout()),
                        sent ? Draft.millis(message.ackTimeout()) : null,
                        message.labels().size(),
                        sent ? at.toEpochMilli() : null,
                        sent ? null : at.toEpochMilli());
        tx.sql()
                .update(
                        "INSERT INTO body (seq, hash, envelope) VALUES (?, ?, ?)",
                        seq,
                        hash,
                        draft.envelope());
        for (Map.Entry<String, String> label : message.labels().entrySet()) {
            tx.sql()
                    .update(
                            "INSERT INTO label (key, value, id, direction) VALUES (?, ?, ?, ?)",
                            label.getKey(),
                            label.getValue(),
                            id,
                            Rows.number(direction));
        }
        tx.counters().added(direction, state);
    }

    /// Adds what is to be sent: a message, or an ACK.
    static void queue(Transaction tx, Draft draft, Instant at) throws SQLException {
        if (draft.message().subject().isAck()) {
            tx.sql()
                    .update(
                            "INSERT INTO ack_out (seq, id, subject, envelope) VALUES (?, ?, ?, ?)",
                            tx.counters().nextSeq(),
                            draft.message().id().value(),
                            draft.message().subject().toString(),
                            draft.envelope());
        } else {
            add(tx, Direction.SENT, draft, null, draft.message().expiresAt(), at);
        }
    }

    /// The row without what is large.
    record Found(MessageId id, Direction direction, long seq, State state, String node) {}

    static Optional<Found> find(Transaction tx, MessageId id, Direction direction)
            throws SQLException {
        return tx.sql()
                .first(
                        "SELECT seq, state, node FROM message WHERE id = ? AND direction = ?",
                        row ->
                                new Found(
                                        id,
                                        direction,
                                        row.getLong(1),
                                        Rows.state(row.getInt(2)),
                                        row.getString(3)),
                        id.value(),
                        Rows.number(direction));
    }

    static Optional<Stored> read(Sql sql, MessageId id, Direction direction) throws SQLException {
        return sql.first(
                Stored.SELECT + " WHERE m.id = ? AND m.direction = ?",
                Stored::read,
                id.value(),
                Rows.number(direction));
    }

    /// Moves a message on; into an end together with its processed row.
    static void move(Transaction tx, Found key, State next, @Nullable String reason, Instant at)
            throws SQLException {
        if (!key.state().mayBecome(next)) {
            throw new IllegalStateException(
                    "message %s is %s and cannot become %s".formatted(key.id(), key.state(), next));
        }
        int direction = Rows.number(key.direction());
        tx.sql()
                .update(
                        "UPDATE message SET state = ?, note = NULL, reason = ?, "
                                + Rows.column(next)
                                + " = ? WHERE id = ? AND direction = ?",
                        Rows.number(next),
                        reason,
                        at.toEpochMilli(),
                        key.id().value(),
                        direction);
        tx.counters().moved(key.direction(), key.state(), next);
        if (next.isEnd()) {
            tx.sql()
                    .update(
                            "INSERT INTO processed (sequence, at, id, direction) VALUES (?, ?, ?,"
                                    + " ?)",
                            tx.counters().nextProcessed(),
                            at.toEpochMilli(),
                            key.id().value(),
                            direction);
        }
    }

    /// Keeps the last thing the receiver said.
    static void answer(Transaction tx, Found key, byte[] ack) throws SQLException {
        tx.sql().update("INSERT OR REPLACE INTO answer (seq, ack) VALUES (?, ?)", key.seq(), ack);
    }
}
