package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.messages.State;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/// What the writer counts in memory instead of asking the tables each time. Changed by the writer
/// thread only, within a transaction: a copy is kept for the case that it is rolled back.
final class Counters {
    private static final int STATES = State.values().length;

    /// The last `seq` given to a message or to an ACK that waits to be sent.
    private long seq;

    /// The last `sequence` of the processed rows.
    private long processed;

    private final long[] messages;

    private Counters(long seq, long processed, long[] messages) {
        this.seq = seq;
        this.processed = processed;
        this.messages = messages;
    }

    /// Counts what is in the tables.
    static Counters read(Sql sql) throws SQLException {
        long seq =
                sql
                        .list(
                                """
                                SELECT coalesce(max(seq), 0) FROM body
                                UNION ALL SELECT coalesce(max(seq), 0) FROM ack_out
                                UNION ALL SELECT coalesce(max(value), 0) FROM mark WHERE name = 'seq'
                                """,
                                row -> row.getLong(1))
                        .stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0);
        long processed =
                sql
                        .list(
                                """
                                SELECT coalesce(max(sequence), 0) FROM processed
                                UNION ALL SELECT coalesce(max(value), 0) FROM mark WHERE name = 'processed'
                                """,
                                row -> row.getLong(1))
                        .stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0);
        Counters counters = new Counters(seq, processed, new long[2 * STATES]);
        sql.list(
                "SELECT direction, state, count(*) FROM message GROUP BY direction, state",
                row -> counters.messages[row.getInt(1) * STATES + row.getInt(2)] = row.getLong(3));
        return counters;
    }

    /// Keeps the last numbers given where removing rows cannot take them away, so that none is
    /// given twice.
    void keep(Sql sql) throws SQLException {
        sql.update("INSERT OR REPLACE INTO mark (name, value) VALUES ('seq', ?)", seq);
        sql.update("INSERT OR REPLACE INTO mark (name, value) VALUES ('processed', ?)", processed);
    }

    Counters copy() {
        return new Counters(seq, processed, messages.clone());
    }

    long nextSeq() {
        return ++seq;
    }

    long nextProcessed() {
        return ++processed;
    }

    long processed() {
        return processed;
    }

    void added(Direction direction, State state) {
        messages[at(direction, state)]++;
    }

    void moved(Direction direction, State from, State to) {
        messages[at(direction, from)]--;
        messages[at(direction, to)]++;
    }

    void removed(Direction direction, State state) {
        messages[at(direction, state)]--;
    }

    long unfinished(Direction direction) {
        long sum = 0;
        for (State state : State.values()) {
            if (!state.isEnd()) {
                sum += messages[at(direction, state)];
            }
        }
        return sum;
    }

    /// Without the states in which there are none.
    Map<Direction, Map<State, Long>> toMap() {
        Map<Direction, Map<State, Long>> map = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            Map<State, Long> states = new EnumMap<>(State.class);
            for (State state : State.values()) {
                long count = messages[at(direction, state)];
                if (count > 0) {
                    states.put(state, count);
                }
            }
            map.put(direction, states);
        }
        return map;
    }

    private static int at(Direction direction, State state) {
        return Rows.number(direction) * STATES + Rows.number(state);
    }
}
