package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Query;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The question of the history, which is put together from what is looked for.
final class HistoryReading {
    private HistoryReading() {}

    /// As [Journal#history].
    static Page<Stored> page(
            Sql sql, Query query, @Nullable MessageId before, int limit, long bytes)
            throws SQLException {
        StringBuilder where = new StringBuilder();
        List<Object> arguments = new ArrayList<>();
        Instant from = query.from();
        Instant to = query.to();
        Direction direction = query.direction();
        State state = query.state();
        NodeName node = query.node();
        and(where, arguments, "m.id < ?", before == null ? null : before.value());
        and(where, arguments, "m.direction = ?", direction == null ? null : Rows.number(direction));
        and(where, arguments, "m.state = ?", state == null ? null : Rows.number(state));
        and(where, arguments, "m.node = ?", node == null ? null : node.value());
        and(where, arguments, "m.method = ?", query.method());
        and(where, arguments, "m.created >= ?", from == null ? null : from.toEpochMilli());
        and(where, arguments, "m.created < ?", to == null ? null : to.toEpochMilli());
        String labelled = label(query.label(), where, arguments);
        arguments.add(limit + 2);
        return sql.page(
                limit,
                bytes,
                Stored::size,
                Stored::id,
                "SELECT "
                        + Stored.COLUMNS
                        + (labelled + " message m" + Stored.JOINED)
                        + (where.isEmpty() ? "" : " WHERE " + where)
                        + " ORDER BY m.id DESC, m.direction DESC LIMIT ?",
                Stored::read,
                arguments.toArray());
    }

    private static void and(
            StringBuilder where, List<Object> arguments, String term, @Nullable Object value) {
        if (value != null) {
            where.append(where.isEmpty() ? "" : " AND ").append(term);
            arguments.add(value);
        }
    }

    private static String label(
            @Nullable String label, StringBuilder where, List<Object> arguments) {
        if (label == null) {
            return "FROM";
        }
        int equals = label.indexOf('=');
        and(where, arguments, "l.key = ?", equals < 0 ? label : label.substring(0, equals));
        and(where, arguments, "l.value = ?", equals < 0 ? null : label.substring(equals + 1));
        where.append(" AND m.id = l.id AND m.direction = l.direction");
        return "FROM label l CROSS JOIN";
    }
}
