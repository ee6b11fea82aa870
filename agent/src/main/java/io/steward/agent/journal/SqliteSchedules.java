package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.messages.Message;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The schedules of a [SqliteJournal]. Thread-safe.
final class SqliteSchedules implements Schedules {
    private static final String SCHEDULE =
            "SELECT name, version, spec, begun, end, through, next, paused, ended, fired,"
                    + " firings, skipped, problem FROM schedule ";

    private final Writer writer;
    private final Readers readers;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    SqliteSchedules(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey,
            List<Message> messages,
            List<Plan> plans,
            long mostOpen,
            Instant at) {
        List<Draft> drafts = Draft.of(messages);
        List<Plan> all = List.copyOf(plans);
        long bytes =
                Draft.bytes(drafts) + all.stream().mapToLong(plan -> plan.spec().length()).sum();
        return changed(
                writer.submit(bytes, tx -> accept(tx, inputKey, drafts, all, mostOpen, at))
                        .thenApply(Sending.Acceptance::accepted));
    }

    private static Sending.Acceptance accept(
            Transaction tx,
            @Nullable String inputKey,
            List<Draft> drafts,
            List<Plan> plans,
            long mostOpen,
            Instant at)
            throws SQLException {
        Sending.Acceptance acceptance = Sending.accept(tx, inputKey, drafts, mostOpen, at);
        if (acceptance instanceof Sending.Acceptance.Taken(Accepted accepted) && accepted.fresh()) {
            for (Plan plan : plans) {
                keep(tx, plan);
            }
            if (inputKey != null) {
                tx.sql()
                        .update(
                                "UPDATE input SET schedules = ? WHERE key = ?",
                                plans.stream().map(Plan::name).collect(Collectors.joining(" ")),
                                inputKey);
            }
        }
        return acceptance;
    }

    private static void keep(Transaction tx, Plan plan) throws SQLException {
        tx.sql()
                .update(
                        """
                        INSERT INTO schedule (name, spec, begun, end, through, next)
                        VALUES (?1, ?2, ?3, ?4, ?3, ?5)
                        ON CONFLICT (name) DO UPDATE SET version = version + 1, spec = ?2,
                          begun = ?3, end = ?4, through = ?3, next = ?5, paused = 0, ended = NULL,
                          fired = NULL, firings = 0, skipped = 0, problem = NULL
                        WHERE spec <> ?2 OR ended IS NOT NULL
                        """,
                        plan.name(),
                        plan.spec(),
                        plan.begun().toEpochMilli(),
                        millis(plan.end()),
                        plan.next().toEpochMilli());
    }

    @Override
    public List<String> taken(String inputKey) {
        return readers
                .ask(sql ->
                        sql.first(
                                "SELECT coalesce(schedules, '') FROM input WHERE key = ?",
                                row -> row.getString(1),
                                inputKey))
                .stream()
                .flatMap(names -> Stream.of(names.split(" ")))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    @Override
    public Optional<Kept> find(String name) {
        return readers.ask(
                sql -> sql.first(SCHEDULE + "WHERE name = ?", SqliteSchedules::schedule, name));
    }

    @Override
    public Page<Kept> page(String after, int limit) {
        return readers.ask(sql ->
                sql.page(
                        limit,
                        Page.BYTES,
                        kept -> kept.spec().length(),
                        row -> row.getString("name"),
                        SCHEDULE + "WHERE name > ? ORDER BY name LIMIT ?",
                        SqliteSchedules::schedule,
                        after,
                        limit + 1));
    }

    @Override
    public List<String> due(Instant now, Instant upTo) {
        return readers.ask(sql ->
                sql.list(
                        """
                        SELECT name FROM schedule
                        WHERE paused = 0 AND ended IS NULL AND (next <= ? OR through > ?)
                        ORDER BY next, name
                        """,
                        row -> row.getString(1),
                        now.toEpochMilli(),
                        upTo.toEpochMilli()));
    }

    @Override
    public Optional<Instant> earliest() {
        return readers.ask(sql ->
                sql.first(
                        """
                        SELECT next FROM schedule
                        WHERE paused = 0 AND ended IS NULL ORDER BY next LIMIT 1
                        """,
                        row -> Instant.ofEpochMilli(row.getLong(1))));
    }

    @Override
    public int openCount() {
        return readers.ask(sql ->
                        sql.first(
                                "SELECT count(*) FROM schedule WHERE ended IS NULL",
                                row -> row.getInt(1)))
                .orElse(0);
    }

    @Override
    public CompletableFuture<Boolean> fire(
            Kept as, List<Message> messages, Move move, long mostOpen, Instant at) {
        List<Draft> drafts = Draft.of(messages);
        return changed(
                writer.submit(Draft.bytes(drafts), tx -> fire(tx, as, drafts, move, mostOpen, at))
                        .thenApply(acceptance -> {
                            acceptance.ifPresent(Sending.Acceptance::accepted);
                            return acceptance.isPresent();
                        }));
    }

    private static Optional<Sending.Acceptance> fire(
            Transaction tx, Kept as, List<Draft> drafts, Move move, long mostOpen, Instant at)
            throws SQLException {
        boolean asItWas =
                tx.sql()
                        .first(
                                "SELECT 1 FROM schedule WHERE name = ? AND version = ?",
                                row -> 1,
                                as.name(),
                                as.version())
                        .isPresent();
        if (!asItWas || as.paused() || as.ended() != null) {
            return Optional.empty();
        }
        Sending.Acceptance acceptance = Sending.accept(tx, null, drafts, mostOpen, at);
        if (acceptance instanceof Sending.Acceptance.Full) {
            return Optional.of(acceptance);
        }
        tx.sql()
                .update(
                        """
                        UPDATE schedule SET version = version + 1, through = ?2, next = ?3,
                          ended = CASE WHEN ?3 IS NULL THEN ?4 END,
                          fired = CASE WHEN ?5 > 0 THEN ?4 ELSE fired END,
                          firings = firings + ?5, skipped = skipped + ?6,
                          problem = coalesce(?7, problem)
                        WHERE name = ?1
                        """,
                        as.name(),
                        move.through().toEpochMilli(),
                        millis(move.next()),
                        at.toEpochMilli(),
                        move.firings(),
                        move.skipped(),
                        move.problem());
        return Optional.of(acceptance);
    }

    @Override
    public CompletableFuture<Void> note(Kept as, String problem) {
        return writer.submit(tx ->
                        tx.sql()
                                .update(
                                        "UPDATE schedule SET problem = ? WHERE name = ? AND version"
                                                + " = ?",
                                        problem,
                                        as.name(),
                                        as.version()))
                .thenAccept(_ -> {});
    }

    @Override
    public CompletableFuture<Boolean> pause(String name) {
        return changed(
                writer.submit(tx ->
                        tx.sql()
                                        .update(
                                                """
                                                UPDATE schedule SET version = version + 1, paused = 1
                                                WHERE name = ? AND paused = 0 AND ended IS NULL
                                                """,
                                                name)
                                > 0));
    }

    @Override
    public CompletableFuture<Boolean> resume(
            Kept as, Instant through, @Nullable Instant next, Instant at) {
        return changed(
                writer.submit(tx ->
                        tx.sql()
                                        .update(
                                                """
                                                UPDATE schedule SET version = version + 1, paused = 0,
                                                  through = ?3, next = ?4,
                                                  ended = CASE WHEN ?4 IS NULL THEN ?5 END
                                                WHERE name = ?1 AND version = ?2 AND paused = 1
                                                """,
                                                as.name(),
                                                as.version(),
                                                through.toEpochMilli(),
                                                millis(next),
                                                at.toEpochMilli())
                                > 0));
    }

    @Override
    public CompletableFuture<Boolean> remove(String name) {
        return changed(
                writer.submit(
                        tx -> tx.sql().update("DELETE FROM schedule WHERE name = ?", name) > 0));
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private <T> CompletableFuture<T> changed(CompletableFuture<T> write) {
        return write.thenApply(result -> {
            listeners.forEach(Runnable::run);
            return result;
        });
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    private static Kept schedule(ResultSet row) throws SQLException {
        return new Kept(
                row.getString("name"),
                row.getLong("version"),
                row.getString("spec"),
                Instant.ofEpochMilli(row.getLong("begun")),
                Rows.instant(row, "end"),
                Instant.ofEpochMilli(row.getLong("through")),
                Rows.instant(row, "next"),
                row.getInt("paused") == 1,
                Rows.instant(row, "ended"),
                Rows.instant(row, "fired"),
                row.getLong("firings"),
                row.getLong("skipped"),
                row.getString("problem"));
    }
}
