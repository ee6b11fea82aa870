package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Messages.Found;
import io.steward.messages.Ack;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a stored message aside that cannot be decoded, so that it holds up neither its subject nor
/// the processed log: its bytes become a dead letter, a message without data takes its place, and
/// it ends.
final class Repair {
    private static final Logger log = LoggerFactory.getLogger(Repair.class);

    private Repair() {}

    static void run(Transaction tx, DamagedRow damage, Instant at) throws SQLException {
        Direction direction = damage.direction();
        if (direction == null) {
            dropAck(tx, damage, at);
        } else {
            Optional<Row> row = find(tx, direction, damage.seq());
            if (row.isPresent()) { // else it was pruned meanwhile
                replace(tx, row.get(), damage.why(), at);
            }
        }
    }

    private static void dropAck(Transaction tx, DamagedRow damage, Instant at) throws SQLException {
        Optional<String> subject =
                tx.sql()
                        .first(
                                "SELECT subject FROM ack_out WHERE seq = ?",
                                row -> row.getString(1),
                                damage.seq());
        if (subject.isEmpty()) {
            return;
        }
        tx.sql()
                .update(
                        "INSERT INTO dead_letter (at, subject, sequence, reason, payload)"
                                + " SELECT ?, subject, 0, ?, envelope FROM ack_out WHERE seq = ?",
                        at.toEpochMilli(),
                        damage.why(),
                        damage.seq());
        tx.sql().update("DELETE FROM ack_out WHERE seq = ?", damage.seq());
        log.error("an ACK for {} was put aside: {}", subject.get(), damage.why());
    }

    /// @param other the receiver of a sent message, the sender of a received one
    private record Row(
            Found key,
            NodeName other,
            MessageType type,
            String method,
            String domain,
            Instant created,
            Instant expires,
            byte[] envelope) {}

    private static Optional<Row> find(Transaction tx, Direction direction, long seq)
            throws SQLException {
        return tx.sql()
                .first(
                        """
                        SELECT m.id, m.state, m.node, m.type, m.method, m.domain, m.created,
                          m.expires, b.envelope
                        FROM message m CROSS JOIN body b ON b.seq = m.seq
                        WHERE m.direction = ? AND m.seq = ?
                        """,
                        row -> row(row, direction, seq),
                        Rows.number(direction),
                        seq);
    }

    private static Row row(ResultSet row, Direction direction, long seq) throws SQLException {
        return new Row(
                new Found(
                        new MessageId(row.getString(1)),
                        direction,
                        seq,
                        Rows.state(row.getInt(2)),
                        row.getString(3)),
                new NodeName(row.getString(3)),
                MessageType.of(row.getString(4)),
                row.getString(5),
                row.getString(6),
                Instant.ofEpochMilli(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8)),
                row.getBytes(9));
    }

    private static void replace(Transaction tx, Row row, String why, Instant at)
            throws SQLException {
        Message standIn = standIn(row);
        tx.sql()
                .update(
                        "INSERT INTO dead_letter (at, subject, sequence, reason, payload)"
                                + " VALUES (?, ?, 0, ?, ?)",
                        at.toEpochMilli(),
                        standIn.subject().toString(),
                        why,
                        row.envelope());
        Found key = row.key();
        tx.sql()
                .update(
                        "UPDATE body SET envelope = ? WHERE seq = ?",
                        Codec.encode(standIn),
                        key.seq());
        int direction = Rows.number(key.direction());
        Pruning.removeAllLabels(tx, key.id().value(), direction);
        tx.sql()
                .update(
                        "UPDATE message SET labels = 0 WHERE id = ? AND direction = ?",
                        key.id().value(),
                        direction);
        boolean ended = key.state().isEnd();
        State end = ended ? key.state() : endOf(key);
        String reason = "its record in the journal is damaged, and was put aside";
        Messages.answer(
                tx, key, Codec.encode(Ack.of(key.id(), standIn.subject().node(), end, reason)));
        if (!ended) {
            Messages.move(tx, key, end, reason, at);
        }
        log.error("message {} was put aside; it is {}: {}", key.id(), end, why);
    }

    /// What may have run is interrupted; what has certainly not run has failed.
    private static State endOf(Found key) {
        return switch (key.state()) {
            case PUBLISHED, STARTED -> State.INTERRUPTED;
            case RECEIVED -> key.direction() == Direction.SENT ? State.INTERRUPTED : State.FAILED;
            default -> State.FAILED;
        };
    }

    private static Message standIn(Row row) {
        boolean sent = row.key().direction() == Direction.SENT;
        NodeName self = self(row.envelope(), sent ? "from" : "to").orElse(row.other());
        Instant latest = row.created().plus(Limits.MAX_EXPIRY);
        return Message.standIn(
                row.key().id(),
                sent ? self : row.other(),
                new Subject(sent ? row.other() : self, row.type(), row.method(), row.domain()),
                row.created(),
                row.expires().isAfter(latest) ? latest : row.expires());
    }

    /// The name of this node, which the journal does not know, if that part can still be read.
    private static Optional<NodeName> self(byte[] envelope, String field) {
        Matcher found =
                Pattern.compile('"' + field + "\":\"([^\"]+)\"")
                        .matcher(new String(envelope, StandardCharsets.UTF_8));
        try {
            return found.find() ? Optional.of(new NodeName(found.group(1))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // that part is damaged, too
        }
    }
}
