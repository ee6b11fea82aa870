package io.steward.campaign.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Reads the journal of an agent that has stopped.
final class JournalReader {
    private static final List<String> STATES =
            List.of(
                    "queued",
                    "published",
                    "received",
                    "started",
                    "succeeded",
                    "failed",
                    "interrupted",
                    "refused",
                    "expired",
                    "cancelled");
    private static final String ROWS =
            """
            WITH number (id, direction, value) AS MATERIALIZED (
              SELECT id, direction, value FROM label WHERE key = 'n')
            SELECT m.id, m.direction, m.state, m.attempt, m.resends, m.reason, m.created, m.ended,
                   m.type || '.' || m.method || '.' || m.domain AS subject, l.value AS n
            FROM message m
            LEFT JOIN number l ON l.id = m.id AND l.direction = m.direction
            """;

    private JournalReader() {}

    static List<Row> read(Path file) throws IOException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ROWS)) {
            while (row.next()) {
                String n = row.getString("n");
                rows.add(
                        new Row(
                                row.getString("id"),
                                row.getInt("direction") == 0,
                                n == null ? 0 : Long.parseLong(n),
                                STATES.get(row.getInt("state")),
                                row.getInt("attempt"),
                                row.getInt("resends"),
                                Instant.ofEpochMilli(row.getLong("created")),
                                row.getObject("ended") == null
                                        ? null
                                        : Instant.ofEpochMilli(row.getLong("ended")),
                                row.getString("subject"),
                                row.getString("reason")));
            }
        } catch (SQLException e) {
            throw new IOException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
        return rows;
    }
}
