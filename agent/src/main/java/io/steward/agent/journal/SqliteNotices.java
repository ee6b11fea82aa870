package io.steward.agent.journal;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The notices of a [SqliteJournal]. Thread-safe.
final class SqliteNotices implements Notices {
    /// Under which name of the table `kept` the position is: `<created> <sequence>`.
    private static final String POSITION = "notices";

    private static final String RECEIVED =
            "SELECT n, at, id, sender, topic, content, made FROM notice ";

    private final Writer writer;
    private final Readers readers;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    SqliteNotices(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    public CompletableFuture<Void> queue(Note note, int most) {
        // why: a value, as a failure would roll back what others have written with it
        return writer.submit(note.content().length(), tx -> queue(tx.sql(), note, most))
                .thenAccept(queued -> {
                    if (!queued) {
                        throw full(most);
                    }
                });
    }

    private static boolean queue(Sql sql, Note note, int most) throws SQLException {
        long waiting =
                sql.first("SELECT count(*) FROM notice_out", row -> row.getLong(1)).orElse(0L);
        return waiting < most
                && sql.update(
                                """
                                INSERT INTO notice_out (id, sender, topic, content, made)
                                VALUES (?, ?, ?, ?, ?)
                                """,
                                note.id().value(),
                                note.from().value(),
                                note.topic(),
                                note.content(),
                                note.made().toEpochMilli())
                        > 0;
    }

    static JournalException full(int most) {
        return new JournalException(
                JournalException.Kind.QUEUE_FULL,
                "%d notices wait here to be sent, and no more may: they go out when the broker is back; \"steward status\" says what it lacks"
                        .formatted(most));
    }

    @Override
    public List<Note> queued(int limit) {
        return readers.ask(sql ->
                sql.list(
                        "SELECT id, sender, topic, content, made FROM notice_out ORDER BY n LIMIT"
                                + " ?",
                        SqliteNotices::note,
                        limit));
    }

    @Override
    @SuppressWarnings("NullAway") // a Void has no other value
    public CompletableFuture<Void> sent(MessageId id) {
        return writer.submit(tx -> {
            tx.sql().update("DELETE FROM notice_out WHERE id = ?", id.value());
            return null;
        });
    }

    @Override
    public Optional<Position> position() {
        return readers.ask(sql ->
                sql.first(
                        "SELECT value FROM kept WHERE name = ?",
                        row -> position(row.getString(1)),
                        POSITION));
    }

    private static Position position(String text) {
        String[] parts = text.split(" ", -1);
        try {
            return new Position(Instant.parse(parts[0]), Long.parseLong(parts[1]));
        } catch (DateTimeException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: the position of the notices is \"%s\": expected a time and a number"
                            .formatted(text),
                    e);
        }
    }

    @Override
    public CompletableFuture<Integer> take(List<Note> notes, Position upTo, int most, Instant at) {
        List<Note> taken = List.copyOf(notes);
        return writer.submit(
                        taken.stream().mapToLong(note -> note.content().length()).sum(),
                        tx -> take(tx.sql(), taken, upTo, most, at))
                .thenApply(fresh -> {
                    if (fresh > 0) {
                        listeners.forEach(Runnable::run);
                    }
                    return fresh;
                });
    }

    private static int take(Sql sql, List<Note> notes, Position upTo, int most, Instant at)
            throws SQLException {
        int fresh = 0;
        for (Note note : notes) {
            fresh +=
                    sql.update(
                            """
                            INSERT INTO notice (id, at, sender, topic, content, made)
                            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                            """,
                            note.id().value(),
                            at.toEpochMilli(),
                            note.from().value(),
                            note.topic(),
                            note.content(),
                            note.made().toEpochMilli());
        }
        if (fresh > 0) {
            sql.update(
                    """
                    DELETE FROM notice
                    WHERE n <= (SELECT n FROM notice ORDER BY n DESC LIMIT 1 OFFSET ?)
                    """,
                    most);
        }
        sql.update(
                "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)",
                POSITION,
                upTo.created() + " " + upTo.sequence());
        return fresh;
    }

    @Override
    public List<Received> after(@Nullable String topic, long number, int limit, long bytes) {
        return readers.ask(sql ->
                sql.listUpTo(
                        bytes,
                        SqliteNotices::size,
                        RECEIVED
                                + "WHERE n > ?1 AND (?2 IS NULL OR topic = ?2) ORDER BY n LIMIT ?3",
                        SqliteNotices::received,
                        number,
                        topic,
                        limit));
    }

    @Override
    public List<Received> last(@Nullable String topic, int limit, long bytes) {
        return readers.ask(sql ->
                sql.listUpTo(
                                bytes,
                                SqliteNotices::size,
                                RECEIVED
                                        + "WHERE ?1 IS NULL OR topic = ?1 ORDER BY n DESC LIMIT ?2",
                                SqliteNotices::received,
                                topic,
                                limit)
                        .reversed());
    }

    private static long size(Received received) {
        return received.note().content().length();
    }

    @Override
    public long newest() {
        return readers.ask(sql ->
                sql.first(
                                "SELECT seq FROM sqlite_sequence WHERE name = 'notice'",
                                row -> row.getLong(1))
                        .orElse(0L));
    }

    @Override
    public void onTaken(Runnable listener) {
        listeners.add(listener);
    }

    private static Note note(ResultSet row) throws SQLException {
        return new Note(
                new MessageId(row.getString("id")),
                new NodeName(row.getString("sender")),
                row.getString("topic"),
                row.getString("content"),
                Instant.ofEpochMilli(row.getLong("made")));
    }

    private static Received received(ResultSet row) throws SQLException {
        return new Received(row.getLong("n"), note(row), Instant.ofEpochMilli(row.getLong("at")));
    }
}
