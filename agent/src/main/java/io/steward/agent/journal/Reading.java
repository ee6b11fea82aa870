package io.steward.agent.journal;

import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.Journal.Seen;
import io.steward.agent.journal.Journal.SentEnd;
import io.steward.agent.journal.Journal.Waiting;
import io.steward.messages.MessageId;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The questions; see [Journal] for what each means. Each returns raw rows, which are decoded after
/// the connection is given back.
final class Reading {
    private Reading() {}

    /// Node by node: one step through the index for each node that has something open, so that
    /// neither this nor "all of one node" looks at every open message.
    static List<Stored> dueForLook(Sql sql, Instant now, int limit) throws SQLException {
        return sql.listUpTo(
                Page.BYTES,
                Stored::size,
                """
                WITH RECURSIVE waiting (node) AS (
                  SELECT min(node) FROM message WHERE direction = 0 AND state < 4
                  UNION ALL
                  SELECT (SELECT min(node) FROM message
                          WHERE direction = 0 AND state < 4 AND node > waiting.node)
                  FROM waiting WHERE waiting.node IS NOT NULL
                )
                SELECT\
                """
                        + " "
                        + Stored.COLUMNS
                        + """
                        FROM waiting w CROSS JOIN message m ON m.node = w.node AND m.direction = 0
                          AND m.state < 4 AND m.state > 0 AND m.look <= ?
                        """
                        + Stored.JOINED
                        + "LIMIT ?",
                Stored::read,
                now.toEpochMilli(),
                limit);
    }

    static List<Stored> overdue(
            Sql sql, Instant now, Duration defaultMethodTimeout, Duration grace, int limit)
            throws SQLException {
        return sql.listUpTo(
                Page.BYTES,
                Stored::size,
                Stored.SELECT
                        + """
                        WHERE m.direction = 0 AND m.state < 4 AND m.expires <= ?1
                          AND (m.state = 0
                            OR m.expires + coalesce(m.method_timeout, ?2) + ?3 <= ?1)
                        ORDER BY m.expires LIMIT ?4
                        """,
                Stored::read,
                now.toEpochMilli(),
                defaultMethodTimeout.toMillis(),
                grace.toMillis(),
                limit);
    }

    /// Envelopes of messages and ACKs, in the order in which they were taken in.
    static List<byte[]> queued(Sql sql, int limit) throws SQLException {
        return sql.list(
                """
                SELECT * FROM (
                  SELECT m.seq AS seq, b.envelope AS envelope
                  FROM message m JOIN body b ON b.seq = m.seq
                  WHERE m.direction = 0 AND m.state = 0)
                UNION ALL SELECT seq, envelope FROM ack_out
                ORDER BY 1 LIMIT ?
                """,
                row -> row.getBytes(2),
                limit);
    }

    /// Envelopes of one subject, ACKs or messages.
    static List<byte[]> queuedOf(
            Sql sql, Subject subject, Collection<MessageId> without, int limit, long bytes)
            throws SQLException {
        String known =
                without.stream()
                        .map(id -> '"' + id.value() + '"')
                        .collect(Collectors.joining(",", "[", "]"));
        if (subject.isAck()) {
            return sql.listUpTo(
                    bytes,
                    envelope -> envelope.length,
                    """
                    SELECT envelope FROM ack_out
                    WHERE subject = ? AND id NOT IN (SELECT value FROM json_each(?))
                    ORDER BY seq LIMIT ?
                    """,
                    row -> row.getBytes(1),
                    subject.toString(),
                    known,
                    limit);
        }
        return sql.listUpTo(
                bytes,
                envelope -> envelope.length,
                """
                SELECT b.envelope FROM message m CROSS JOIN body b ON b.seq = m.seq
                WHERE m.direction = 0 AND m.state = 0
                  AND m.node = ? AND m.type = ? AND m.method = ? AND m.domain = ?
                  AND m.id NOT IN (SELECT value FROM json_each(?))
                ORDER BY m.seq LIMIT ?
                """,
                row -> row.getBytes(1),
                subject.node().value(),
                subject.type().word(),
                subject.method(),
                subject.domain(),
                known,
                limit);
    }

    static boolean ackWaits(Sql sql, MessageId id) throws SQLException {
        return sql.first("SELECT 1 FROM ack_out WHERE id = ?", row -> true, id.value())
                .orElse(false);
    }

    static List<Stored> publishedOf(Sql sql, Subject subject, @Nullable Instant notIn, int limit)
            throws SQLException {
        return sql.listUpTo(
                Page.BYTES,
                Stored::size,
                Stored.SELECT
                        + """
                        WHERE m.direction = 0 AND m.state < 4 AND m.state = 1
                          AND m.node = ? AND m.type = ? AND m.method = ? AND m.domain = ?
                          AND m.stream_created != ?
                        ORDER BY m.seq LIMIT ?
                        """,
                Stored::read,
                subject.node().value(),
                subject.type().word(),
                subject.method(),
                subject.domain(),
                notIn == null ? -1 : notIn.toEpochMilli(),
                limit);
    }

    static List<Subject> queuedSubjects(Sql sql) throws SQLException {
        return sql.list(
                """
                SELECT subject FROM (
                  SELECT node || '.' || type || '.' || method || '.' || domain AS subject,
                    min(seq) AS oldest
                  FROM message WHERE direction = 0 AND state = 0
                  GROUP BY node, type, method, domain
                  UNION ALL SELECT subject, min(seq) FROM ack_out GROUP BY subject)
                ORDER BY oldest
                """,
                row -> Subject.parse(row.getString(1)));
    }

    static List<Stored> unfinishedPast(Sql sql, Instant now, int limit) throws SQLException {
        return sql.listUpTo(
                Page.BYTES,
                Stored::size,
                Stored.SELECT
                        + """
                        WHERE m.direction = 1 AND m.state < 4 AND m.expires <= ? LIMIT ?
                        """,
                Stored::read,
                now.toEpochMilli(),
                limit);
    }

    static List<Stored> unfinishedOf(
            Sql sql, Subject subject, long afterArrival, int limit, long bytes)
            throws SQLException {
        return sql.listUpTo(
                bytes,
                Stored::size,
                Stored.SELECT
                        + """
                        WHERE m.direction = 1 AND m.state < 4
                          AND m.type = ? AND m.method = ? AND m.domain = ? AND m.seq > ?
                        ORDER BY m.seq LIMIT ?
                        """,
                Stored::read,
                subject.type().word(),
                subject.method(),
                subject.domain(),
                afterArrival,
                limit);
    }

    /// Type, method and domain; the node is the journal's own, which it does not know.
    static List<String[]> unfinishedSubjects(Sql sql) throws SQLException {
        return sql.list(
                """
                SELECT type, method, domain FROM message WHERE direction = 1 AND state < 4
                GROUP BY type, method, domain ORDER BY min(seq)
                """,
                row -> new String[] {row.getString(1), row.getString(2), row.getString(3)});
    }

    static Optional<String> taken(Sql sql, String key) throws SQLException {
        return sql.first("SELECT ids FROM input WHERE key = ?", row -> row.getString(1), key);
    }

    static List<Stored> unfinished(Sql sql, long afterSeq, int limit) throws SQLException {
        return sql.listUpTo(
                Page.BYTES,
                Stored::size,
                Stored.SELECT
                        + """
                        WHERE m.direction = 1 AND m.state < 4 AND m.seq > ?
                        ORDER BY m.seq LIMIT ?
                        """,
                Stored::read,
                afterSeq,
                limit);
    }

    static List<Waiting> waiting(Sql sql) throws SQLException {
        return sql.list(
                """
                SELECT node, type, method, domain, state, count(*), min(created), min(expires)
                FROM message
                WHERE direction = 0 AND state < 4 AND state < 2
                GROUP BY node, type, method, domain, state
                ORDER BY node, type, method, domain, state
                """,
                Reading::waitingRow);
    }

    private static Waiting waitingRow(ResultSet row) throws SQLException {
        NodeName node = new NodeName(row.getString(1));
        return new Waiting(
                node,
                new Subject(
                        node, MessageType.of(row.getString(2)), row.getString(3), row.getString(4)),
                Rows.state(row.getInt(5)),
                row.getLong(6),
                Instant.ofEpochMilli(row.getLong(7)),
                Instant.ofEpochMilli(row.getLong(8)));
    }

    /// A row of the processed log, not yet decoded.
    record ProcessedRow(long sequence, Instant at, Stored row) {}

    static List<ProcessedRow> processedAfter(Sql sql, long sequence, int limit, long bytes)
            throws SQLException {
        return sql.listUpTo(
                bytes,
                each -> each.row().size(),
                "SELECT p.sequence, p.at, "
                        + Stored.COLUMNS
                        + """
                        FROM processed p
                        CROSS JOIN message m ON m.id = p.id AND m.direction = p.direction
                        """
                        + Stored.JOINED
                        + "WHERE p.sequence > ? ORDER BY p.sequence LIMIT ?",
                row ->
                        new ProcessedRow(
                                row.getLong(1),
                                Instant.ofEpochMilli(row.getLong(2)),
                                Stored.read(row)),
                sequence,
                limit);
    }

    static Map<MessageId, State> sentStates(Sql sql, Collection<MessageId> ids)
            throws SQLException {
        Map<MessageId, State> states = new LinkedHashMap<>();
        for (MessageId id : ids) {
            sql.first(
                            "SELECT state FROM message WHERE id = ? AND direction = 0",
                            row -> Rows.state(row.getInt(1)),
                            id.value())
                    .ifPresent(state -> states.put(id, state));
        }
        return states;
    }

    static List<SentEnd> sentEndsAfter(Sql sql, long sequence, int limit) throws SQLException {
        return sql.list(
                """
                SELECT sequence, id FROM processed WHERE sequence > ? AND direction = 0
                ORDER BY sequence LIMIT ?
                """,
                row -> new SentEnd(row.getLong(1), new MessageId(row.getString(2))),
                sequence,
                limit);
    }

    static long lastProcessed(Sql sql) throws SQLException {
        return sql.first("SELECT max(sequence) FROM processed", row -> row.getLong(1)).orElse(0L);
    }

    static long processedBefore(Sql sql, int count) throws SQLException {
        Optional<Long> sequence =
                sql.first(
                        "SELECT sequence FROM processed ORDER BY sequence DESC LIMIT 1 OFFSET ?",
                        row -> row.getLong(1),
                        count);
        return sequence.orElse(0L);
    }

    static List<DeadLetter> deadLetters(Sql sql, int limit) throws SQLException {
        return sql.list(
                """
                SELECT subject, sequence, payload, reason, at FROM dead_letter
                ORDER BY n DESC LIMIT ?
                """,
                row ->
                        new DeadLetter(
                                row.getString(1),
                                row.getLong(2),
                                row.getBytes(3),
                                row.getString(4),
                                Instant.ofEpochMilli(row.getLong(5))),
                limit);
    }

    static Map<NodeName, Seen> nodes(Sql sql) throws SQLException {
        Map<NodeName, Seen> nodes = new TreeMap<>();
        sql.list(
                "SELECT name, at, facts FROM node",
                row ->
                        nodes.put(
                                new NodeName(row.getString(1)),
                                new Seen(Instant.ofEpochMilli(row.getLong(2)), row.getString(3))));
        return nodes;
    }
}
