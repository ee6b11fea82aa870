package io.steward.agent.journal;

import io.steward.messages.Limits;
import io.steward.messages.Message;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Removes what is old, a few rows at a time, so that other writes go in between.
final class Pruning {
    /// Rows removed in one transaction at most.
    static final int STEP = 500;

    /// For how long after its `expiresAt` a received message is kept, as a copy of it may still
    /// come.
    static final Duration LATE_COPY = Duration.ofDays(1);

    private Pruning() {}

    /// @param removed messages
    /// @param last sequence that was looked at
    /// @param more whether there may be more to look at
    record Step(int removed, long last, boolean more) {}

    private record Old(
            long sequence,
            String id,
            int direction,
            long seq,
            int state,
            long expires,
            int labels) {}

    /// Goes through the ended messages in the order of ending.
    ///
    /// @param after sequence to go on behind
    /// @param logged the last sequence the processed log holds
    static Step messages(Transaction tx, Instant before, long after, long logged, Instant now)
            throws SQLException {
        List<Old> ended =
                tx.sql()
                        .list(
                                """
                                SELECT p.sequence, m.id, m.direction, m.seq, m.state, m.expires, m.labels
                                FROM processed p
                                CROSS JOIN message m ON m.id = p.id AND m.direction = p.direction
                                WHERE p.sequence > ? AND p.sequence <= ? AND p.at < ?
                                ORDER BY p.sequence LIMIT ?
                                """,
                                row ->
                                        new Old(
                                                row.getLong(1),
                                                row.getString(2),
                                                row.getInt(3),
                                                row.getLong(4),
                                                row.getInt(5),
                                                row.getLong(6),
                                                row.getInt(7)),
                                after,
                                logged,
                                before.toEpochMilli(),
                                STEP);
        tx.counters().keep(tx.sql());
        long lateCopies = now.minus(LATE_COPY).toEpochMilli();
        int removed = 0;
        for (Old old : ended) {
            if (old.direction() == 0 || old.expires() < lateCopies) {
                remove(tx, old);
                removed++;
            }
        }
        return new Step(
                removed,
                ended.isEmpty() ? after : ended.getLast().sequence(),
                ended.size() == STEP);
    }

    private static void remove(Transaction tx, Old old) throws SQLException {
        removeMessage(tx, old.id(), old.direction(), old.seq(), old.labels(), old.state());
        tx.sql().update("DELETE FROM processed WHERE sequence = ?", old.sequence());
    }

    /// Removes one message with all that hangs on it but its row of the processed log.
    static void removeMessage(
            Transaction tx, String id, int direction, long seq, int labels, int state)
            throws SQLException {
        if (labels > 0) {
            byte[] envelope =
                    tx.sql()
                            .first(
                                    "SELECT envelope FROM body WHERE seq = ?",
                                    row -> row.getBytes(1),
                                    seq)
                            .orElseThrow();
            try {
                removeLabels(tx, Codec.message(envelope), direction);
            } catch (JournalException damaged) { // why: then it is not known which they are
                tx.sql().update("DELETE FROM label WHERE id = ? AND direction = ?", id, direction);
            }
        }
        tx.sql().update("DELETE FROM message WHERE id = ? AND direction = ?", id, direction);
        tx.sql().update("DELETE FROM body WHERE seq = ?", seq);
        tx.sql().update("DELETE FROM answer WHERE seq = ?", seq);
        Outputs.remove(tx, seq);
        tx.counters().removed(Rows.direction(direction), Rows.state(state));
    }

    private static void removeLabels(Transaction tx, Message message, int direction)
            throws SQLException {
        for (var label : message.labels().entrySet()) {
            tx.sql()
                    .update(
                            """
                            DELETE FROM label
                            WHERE key = ? AND value = ? AND id = ? AND direction = ?
                            """,
                            label.getKey(),
                            label.getValue(),
                            message.id().value(),
                            direction);
        }
    }

    /// Removes old runs, schedules, notices, inputs, dead letters and cancellings of messages that
    /// never came.
    ///
    /// @return whether there may be more
    static boolean others(Transaction tx, Instant before, Instant now) throws SQLException {
        // why: a message may come for as long as it may live, and must then be known as cancelled
        Instant forgotten = now.minus(Limits.MAX_EXPIRY).minus(LATE_COPY);
        Instant cancelled = before.isBefore(forgotten) ? before : forgotten;
        int most = 0;
        for (String table : List.of("input", "dead_letter", "notice")) {
            most =
                    Math.max(
                            most,
                            tx.sql()
                                    .update(
                                            "DELETE FROM %1$s WHERE n IN (SELECT n FROM %1$s WHERE at < ? ORDER BY n LIMIT ?)"
                                                    .formatted(table),
                                            before.toEpochMilli(),
                                            STEP));
        }
        most =
                Math.max(
                        most,
                        tx.sql()
                                .update(
                                        """
                                        DELETE FROM cancelled
                                        WHERE id IN (SELECT id FROM cancelled WHERE at < ? LIMIT ?)
                                        """,
                                        cancelled.toEpochMilli(),
                                        STEP));
        most =
                Math.max(
                        most,
                        tx.sql()
                                .update(
                                        """
                                        DELETE FROM schedule WHERE name IN
                                          (SELECT name FROM schedule WHERE ended < ? LIMIT ?)
                                        """,
                                        before.toEpochMilli(),
                                        STEP));
        return runs(tx, before) || most == STEP;
    }

    /// Removes one run that ended long ago.
    private static boolean runs(Transaction tx, Instant before) throws SQLException {
        Optional<String> old =
                tx.sql()
                        .first(
                                "SELECT id FROM run WHERE ended < ? LIMIT 1",
                                row -> row.getString(1),
                                before.toEpochMilli());
        if (old.isPresent()) {
            tx.sql().update("DELETE FROM run_target WHERE run = ?", old.get());
            tx.sql().update("DELETE FROM run WHERE id = ?", old.get());
        }
        return old.isPresent();
    }
}
