package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Ack;
import io.steward.messages.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row of `message` with its envelope and ACK, not yet decoded: that is for the asking thread,
/// after the connection is given back.
record Stored(
        Direction direction,
        long seq,
        Instant expires,
        State state,
        @Nullable String reason,
        @Nullable String note,
        @Nullable Published published,
        int resends,
        int looks,
        int attempt,
        @Nullable String bootId,
        Map<State, Instant> states,
        byte[] envelope,
        byte @Nullable [] ackJson) {

    static final String COLUMNS =
            """
            m.id, m.direction, m.seq, m.expires, m.state, m.reason, m.note,
            m.stream, m.stream_created, m.stream_sequence, m.stored, m.resends, m.looks,
            m.attempt, m.boot, m.queued, m.published, m.received, m.started, m.ended,
            b.envelope, a.ack
            """;

    /// To be joined to the table `message`, as `m`.
    static final String JOINED =
            " JOIN body b ON b.seq = m.seq LEFT JOIN answer a ON a.seq = m.seq ";

    /// What a query of such rows begins with; `WHERE` follows.
    static final String SELECT = "SELECT " + COLUMNS + "FROM message m" + JOINED;

    /// The id of a row of [#SELECT]; not of its fields, as the envelope has it.
    static String id(ResultSet row) throws SQLException {
        return row.getString("id");
    }

    static Stored read(ResultSet row) throws SQLException {
        State state = Rows.state(row.getInt("state"));
        return new Stored(
                Rows.direction(row.getInt("direction")),
                row.getLong("seq"),
                Instant.ofEpochMilli(row.getLong("expires")),
                state,
                row.getString("reason"),
                row.getString("note"),
                published(row),
                row.getInt("resends"),
                row.getInt("looks"),
                row.getInt("attempt"),
                row.getString("boot"),
                states(row, state),
                row.getBytes("envelope"),
                row.getBytes("ack"));
    }

    static @Nullable Published published(ResultSet row) throws SQLException {
        String stream = row.getString("stream");
        Instant created = Rows.instant(row, "stream_created");
        Instant at = Rows.instant(row, "stored");
        return stream == null || created == null || at == null
                ? null
                : new Published(stream, created, row.getLong("stream_sequence"), at);
    }

    private static Map<State, Instant> states(ResultSet row, State state) throws SQLException {
        Map<State, Instant> states = new EnumMap<>(State.class);
        put(states, State.QUEUED, row);
        put(states, State.PUBLISHED, row);
        put(states, State.RECEIVED, row);
        put(states, State.STARTED, row);
        if (state.isEnd()) {
            put(states, state, row);
        }
        return Collections.unmodifiableMap(states);
    }

    private static void put(Map<State, Instant> states, State state, ResultSet row)
            throws SQLException {
        Instant at = Rows.instant(row, Rows.column(state));
        if (at != null) {
            states.put(state, at);
        }
    }

    /// The bytes of the envelope and the ACK.
    long size() {
        return (long) envelope.length + (ackJson == null ? 0 : ackJson.length);
    }

    private @Nullable Ack ack(Damage damage) {
        byte[] json = ackJson;
        return json == null ? null : damage.orNull(() -> Codec.ack(json));
    }

    /// @param damage is told of an ACK that cannot be decoded, which is left out
    SentMessage toSent(Damage damage) {
        return new SentMessage(
                Codec.message(envelope),
                state,
                reason,
                note,
                published,
                resends,
                looks,
                ack(damage),
                states);
    }

    /// As [#toSent].
    ReceivedMessage toReceived(Damage damage) {
        return new ReceivedMessage(
                seq, Codec.message(envelope), expires, state, attempt, bootId, ack(damage), states);
    }

    /// As [#toSent].
    Entry toEntry(Damage damage) {
        return new Entry(direction, Codec.message(envelope), state, ack(damage), states);
    }
}
