package io.steward.agent.journal;

import io.steward.agent.journal.Queues.Backlog;
import io.steward.agent.journal.Queues.Count;
import io.steward.agent.journal.Queues.Waiter;
import io.steward.agent.journal.Queues.Waiters;
import io.steward.messages.MessageId;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The questions of [Queues].
final class QueueReading {
    private static final String WAITING = "m.direction = 0 AND m.state < 4 AND m.state < 2";
    private static final String WANTED =
            WAITING
                    + " AND m.node = ?1 AND (?2 IS NULL OR m.method = ?2)"
                    + " AND (?3 IS NULL OR m.created < ?3)";
    private static final String WAITER =
            "SELECT m.id AS id, m.node AS node, m.type AS type, m.method AS method, m.domain AS"
                    + " domain, m.state AS state, m.stream AS stream, m.stream_created AS"
                    + " stream_created, m.stream_sequence AS stream_sequence, m.stored AS stored,"
                    + " m.resends AS resends FROM message m WHERE ";

    private QueueReading() {}

    static List<Backlog> backlogs(Sql sql) throws SQLException {
        return sql.list(
                "SELECT m.node, sum(m.state = 0), sum(m.state = 1), min(m.created), min(m.expires)"
                        + " FROM message m WHERE "
                        + WAITING
                        + " GROUP BY m.node ORDER BY m.node",
                row ->
                        new Backlog(
                                new NodeName(row.getString(1)),
                                row.getLong(2),
                                row.getLong(3),
                                Instant.ofEpochMilli(row.getLong(4)),
                                Instant.ofEpochMilli(row.getLong(5))));
    }

    static Count count(Sql sql, Waiters which) throws SQLException {
        return sql.first(
                        "SELECT coalesce(sum(m.state = 0), 0), coalesce(sum(m.state = 1), 0),"
                                + " min(m.created) AS created, min(m.expires) AS expires"
                                + " FROM message m WHERE "
                                + WANTED,
                        row ->
                                new Count(
                                        row.getLong(1),
                                        row.getLong(2),
                                        Rows.instant(row, "created"),
                                        Rows.instant(row, "expires")),
                        wanted(which))
                .orElseThrow();
    }

    static Page<Stored> waitingFor(
            Sql sql, Waiters which, @Nullable MessageId after, int limit, long bytes)
            throws SQLException {
        @Nullable Object[] wanted = wanted(which);
        // why: + keeps it from walking through the whole history in the order of the ids
        return sql.page(
                limit,
                bytes,
                Stored::size,
                Stored::id,
                Stored.SELECT + " WHERE " + WANTED + " AND +m.id > ?4 ORDER BY +m.id LIMIT ?5",
                Stored::read,
                wanted[0],
                wanted[1],
                wanted[2],
                after == null ? "" : after.value(),
                limit + 1);
    }

    static List<Waiter> waiters(Sql sql, Waiters which, int limit) throws SQLException {
        @Nullable Object[] wanted = wanted(which);
        return sql.list(
                WAITER + WANTED + " LIMIT ?4",
                QueueReading::waiter,
                wanted[0],
                wanted[1],
                wanted[2],
                limit);
    }

    static List<Waiter> waiters(Sql sql, Collection<MessageId> ids) throws SQLException {
        List<Waiter> found = new ArrayList<>();
        for (MessageId id : ids) {
            sql.first(WAITER + "m.id = ? AND m.direction = 0", QueueReading::waiter, id.value())
                    .ifPresent(found::add);
        }
        return found;
    }

    static List<MessageId> cancelling(Sql sql) throws SQLException {
        return sql.list(
                """
                SELECT c.id FROM cancelled c CROSS JOIN message m ON m.id = c.id
                  AND m.direction = 1 AND m.state < 4
                """,
                row -> new MessageId(row.getString(1)));
    }

    private static @Nullable Object[] wanted(Waiters which) {
        Instant before = which.before();
        return new @Nullable Object[] {
            which.node().value(), which.method(), before == null ? null : before.toEpochMilli()
        };
    }

    private static Waiter waiter(ResultSet row) throws SQLException {
        return new Waiter(
                new MessageId(row.getString("id")),
                new Subject(
                        new NodeName(row.getString("node")),
                        MessageType.of(row.getString("type")),
                        row.getString("method"),
                        row.getString("domain")),
                Rows.state(row.getInt("state")),
                Stored.published(row),
                row.getInt("resends"));
    }
}
