package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Piece;
import io.steward.messages.Ack;
import io.steward.messages.MessageId;
import io.steward.messages.Output;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/// What followed messages have printed, piece by piece. The pieces of one stream of one attempt lie
/// end to end: what is there already is not taken twice, and what leaves a gap is left out, as the
/// end says all of it once more.
final class Outputs {
    private Outputs() {}

    /// Takes in a frame.
    ///
    /// @param seq of the message
    static void add(Transaction tx, long seq, Ack frame) throws SQLException {
        int last =
                tx.sql()
                        .first(
                                "SELECT max(attempt) FROM output WHERE seq = ?",
                                row -> row.getInt(1),
                                seq)
                        .orElse(0);
        if (frame.attempt() >= last) {
            add(tx, seq, frame.attempt(), false, frame.stdoutAt(), frame.stdout());
            add(tx, seq, frame.attempt(), true, frame.stderrAt(), frame.stderr());
        }
    }

    /// Adds what no frame has brought, once the end of the message is known. Nothing is kept of a
    /// message that had no frames: its ACK has it all.
    static void complete(Transaction tx, long seq, Ack end) throws SQLException {
        boolean followed =
                tx.sql()
                        .first("SELECT 1 FROM output WHERE seq = ? LIMIT 1", row -> true, seq)
                        .orElse(false);
        if (followed) {
            add(tx, seq, end.attempt(), false, 0, end.stdout());
            add(tx, seq, end.attempt(), true, 0, end.stderr());
        }
    }

    private static void add(
            Transaction tx, long seq, int attempt, boolean stderr, int at, Output output)
            throws SQLException {
        int end =
                tx.sql()
                        .first(
                                """
                                SELECT place + length(bytes) FROM output
                                WHERE seq = ? AND attempt = ? AND stream = ?
                                ORDER BY place DESC LIMIT 1
                                """,
                                row -> row.getInt(1),
                                seq,
                                attempt,
                                stderr ? 1 : 0)
                        .orElse(0);
        if (at > end || at + (long) output.size() <= end) {
            return;
        }
        tx.sql()
                .update(
                        """
                        INSERT INTO output (seq, attempt, stream, place, bytes)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                        seq,
                        attempt,
                        stderr ? 1 : 0,
                        end,
                        Arrays.copyOfRange(output.bytes(), end - at, output.size()));
    }

    static List<Piece> read(Sql sql, MessageId id, long after, int limit) throws SQLException {
        return sql.list(
                """
                SELECT o.n, o.attempt, o.stream, o.place, o.bytes
                FROM message m CROSS JOIN output o ON o.seq = m.seq
                WHERE m.id = ? AND m.direction = ? AND o.n > ? ORDER BY o.n LIMIT ?
                """,
                row ->
                        new Piece(
                                row.getLong(1),
                                row.getInt(2),
                                row.getInt(3) == 1,
                                row.getInt(4),
                                Output.of(row.getBytes(5))),
                id.value(),
                Rows.number(Direction.SENT),
                after,
                limit);
    }

    static void remove(Transaction tx, long seq) throws SQLException {
        tx.sql().update("DELETE FROM output WHERE seq = ?", seq);
    }
}
