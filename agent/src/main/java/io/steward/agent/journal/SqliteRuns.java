package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The runs of a [SqliteJournal]. Thread-safe.
final class SqliteRuns implements Runs {
    private static final String RUN =
            "SELECT id, created, spec, targets, phase, reason, changed, ended FROM run ";

    /// The state is that of the message, and, where that is pruned, what it had ended with.
    private static final String TARGET =
            "SELECT t.place, t.node, t.wave, t.message, t.sent, coalesce(t.state, m.state) AS"
                + " state, coalesce(t.ended, m.ended) AS ended, t.left_out, t.nth FROM run_target t"
                + " LEFT JOIN message m ON m.id = t.message AND m.direction = 0 ";

    private final Writer writer;
    private final Readers readers;

    SqliteRuns(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void has no other value
    public CompletableFuture<Void> begin(RunId id, String spec, List<NodeName> nodes, Instant at) {
        List<NodeName> targets = List.copyOf(nodes);
        return writer.submit(
                spec.length() + 64L * targets.size(),
                tx -> {
                    tx.sql()
                            .update(
                                    """
                                    INSERT INTO run (id, created, spec, targets, phase, changed)
                                    VALUES (?1, ?2, ?3, ?4, ?5, ?2)
                                    """,
                                    id.value(),
                                    at.toEpochMilli(),
                                    spec,
                                    targets.size(),
                                    number(Phase.RUNNING));
                    for (int place = 0; place < targets.size(); place++) {
                        tx.sql()
                                .update(
                                        "INSERT INTO run_target (run, place, node) VALUES (?, ?,"
                                                + " ?)",
                                        id.value(),
                                        place,
                                        targets.get(place).value());
                    }
                    return null;
                });
    }

    @Override
    public Optional<Run> find(RunId id) {
        return readers.ask(sql -> sql.first(RUN + "WHERE id = ?", SqliteRuns::run, id.value()));
    }

    @Override
    public Page<Run> newest(@Nullable RunId before, int limit) {
        List<Run> found =
                readers.ask(sql ->
                        sql.list(
                                RUN + "WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
                                SqliteRuns::run,
                                before == null ? null : before.value(),
                                limit + 1));
        return new Page<>(found.subList(0, Math.min(limit, found.size())), found.size() > limit);
    }

    @Override
    public List<RunId> open() {
        return readers.ask(sql ->
                sql.list(
                        "SELECT id FROM run WHERE ended IS NULL ORDER BY id",
                        row -> new RunId(row.getString(1))));
    }

    @Override
    public CompletableFuture<Boolean> move(
            RunId id, Set<Phase> from, Phase to, @Nullable String reason, Instant at) {
        Set<Phase> phases = Set.copyOf(from);
        return writer.submit(tx -> move(tx, id, phases, to, reason, at));
    }

    private static boolean move(
            Transaction tx,
            RunId id,
            Set<Phase> from,
            Phase to,
            @Nullable String reason,
            Instant at)
            throws SQLException {
        Optional<Phase> now =
                tx.sql()
                        .first(
                                "SELECT phase FROM run WHERE id = ?",
                                row -> phase(row.getInt(1)),
                                id.value());
        return now.isPresent()
                && from.contains(now.get())
                && tx.sql()
                                .update(
                                        "UPDATE run SET phase = ?, reason = ?, changed = ? WHERE id"
                                                + " = ?",
                                        number(to),
                                        reason,
                                        at.toEpochMilli(),
                                        id.value())
                        > 0;
    }

    @Override
    public CompletableFuture<Boolean> send(
            RunId id, int wave, Map<Integer, Message> messages, long mostOpen, Instant at) {
        List<Integer> places = List.copyOf(new TreeMap<>(messages).keySet());
        List<Draft> drafts = Draft.of(List.copyOf(new TreeMap<>(messages).values()));
        return writer.submit(
                        Draft.bytes(drafts), tx -> send(tx, id, wave, places, drafts, mostOpen, at))
                .thenApply(acceptance -> acceptance.map(Sending.Acceptance::accepted).isPresent());
    }

    private static boolean isRunning(Transaction tx, RunId id) throws SQLException {
        return tx.sql()
                .first(
                        "SELECT 1 FROM run WHERE id = ? AND phase = ?",
                        _ -> true,
                        id.value(),
                        number(Phase.RUNNING))
                .isPresent();
    }

    /// @return empty if the run was paused or ended meanwhile
    private static Optional<Sending.Acceptance> send(
            Transaction tx,
            RunId id,
            int wave,
            List<Integer> places,
            List<Draft> drafts,
            long mostOpen,
            Instant at)
            throws SQLException {
        if (!isRunning(tx, id)) {
            return Optional.empty();
        }
        Sending.Acceptance acceptance = Sending.accept(tx, null, drafts, mostOpen, at);
        if (acceptance instanceof Sending.Acceptance.Full) {
            return Optional.of(acceptance);
        }
        for (int i = 0; i < places.size(); i++) {
            int changed =
                    tx.sql()
                            .update(
                                    """
                                    UPDATE run_target SET wave = ?, message = ?, sent = ?
                                    WHERE run = ? AND place = ? AND message IS NULL
                                      AND left_out IS NULL
                                    """,
                                    wave,
                                    drafts.get(i).message().id().value(),
                                    at.toEpochMilli(),
                                    id.value(),
                                    places.get(i));
            if (changed == 0) {
                throw new IllegalStateException(
                        "run %s: place %d has its message, or none is to be sent"
                                .formatted(id, places.get(i)));
            }
        }
        return Optional.of(acceptance);
    }

    @Override
    @SuppressWarnings("NullAway") // a Void has no other value
    public CompletableFuture<Void> leaveOut(
            RunId id, Collection<Integer> places, String why, Instant at) {
        List<Integer> which = List.copyOf(places);
        return writer.submit(tx -> {
            if (!isRunning(tx, id)) {
                return null;
            }
            int nth = ended(tx, id);
            for (int place : which) {
                nth +=
                        tx.sql()
                                .update(
                                        """
                                        UPDATE run_target SET left_out = ?, ended = ?, nth = ?
                                        WHERE run = ? AND place = ? AND message IS NULL
                                          AND left_out IS NULL
                                        """,
                                        why,
                                        at.toEpochMilli(),
                                        nth + 1,
                                        id.value(),
                                        place);
            }
            return null;
        });
    }

    /// How many targets have ended or were left out.
    private static int ended(Transaction tx, RunId id) throws SQLException {
        return tx.sql()
                .first(
                        "SELECT coalesce(max(nth), 0) FROM run_target WHERE run = ? AND nth > 0",
                        row -> row.getInt(1),
                        id.value())
                .orElse(0);
    }

    @Override
    public CompletableFuture<Boolean> settle(RunId id, Instant at) {
        return writer.submit(tx -> settle(tx, id, at));
    }

    private static boolean settle(Transaction tx, RunId id, Instant at) throws SQLException {
        tx.sql()
                .update(
                        """
                        UPDATE run_target SET state = e.state, ended = e.ended, nth = ?2 + e.n
                        FROM (SELECT t.place, m.state, m.ended,
                            row_number() OVER (ORDER BY m.ended, t.place) AS n
                          FROM run_target t JOIN message m ON m.id = t.message
                          WHERE t.run = ?1 AND t.message IS NOT NULL AND t.state IS NULL
                            AND m.direction = 0 AND m.state >= 4) e
                        WHERE run_target.run = ?1 AND run_target.place = e.place
                        """,
                        id.value(),
                        ended(tx, id));
        tx.sql()
                .update(
                        """
                        UPDATE run SET ended = ?1 WHERE id = ?2 AND ended IS NULL AND phase >= ?3
                          AND NOT EXISTS (SELECT 1 FROM run_target
                            WHERE run = ?2 AND message IS NOT NULL AND state IS NULL)
                        """,
                        at.toEpochMilli(),
                        id.value(),
                        number(Phase.SENT));
        return tx.sql()
                .first(
                        "SELECT ended IS NOT NULL FROM run WHERE id = ?",
                        row -> row.getInt(1) == 1,
                        id.value())
                .orElse(true);
    }

    @Override
    public List<Target> targets(RunId id, int after, int limit) {
        return readers.ask(sql ->
                sql.list(
                        TARGET + "WHERE t.run = ? AND t.place > ? ORDER BY t.place LIMIT ?",
                        SqliteRuns::target,
                        id.value(),
                        after,
                        limit));
    }

    @Override
    public List<Target> ended(RunId id, int after, int limit) {
        return readers.ask(sql ->
                sql.list(
                        TARGET
                                + "WHERE t.run = ? AND t.nth > 0 AND t.nth > ? ORDER BY t.nth LIMIT"
                                + " ?",
                        SqliteRuns::target,
                        id.value(),
                        after,
                        limit));
    }

    @Override
    public Optional<Counts> counts(RunId id) {
        return readers.ask(sql -> {
            if (sql.first("SELECT 1 FROM run WHERE id = ?", row -> 1, id.value()).isEmpty()) {
                return Optional.empty();
            }
            Map<State, Integer> states = new EnumMap<>(State.class);
            int[] none = new int[2]; // not sent, left out
            var _ =
                    sql.list(
                            """
                            SELECT coalesce(t.state, m.state), t.left_out IS NOT NULL, count(*)
                            FROM run_target t LEFT JOIN message m ON m.id = t.message AND m.direction = 0
                            WHERE t.run = ? GROUP BY 1, 2
                            """,
                            row -> {
                                int state = row.getInt(1);
                                if (row.wasNull()) {
                                    none[row.getInt(2)] = row.getInt(3);
                                } else {
                                    states.merge(Rows.state(state), row.getInt(3), Integer::sum);
                                }
                                return state;
                            },
                            id.value());
            return Optional.of(new Counts(states, none[0], none[1]));
        });
    }

    private static Run run(ResultSet row) throws SQLException {
        return new Run(
                new RunId(row.getString("id")),
                Instant.ofEpochMilli(row.getLong("created")),
                row.getString("spec"),
                row.getInt("targets"),
                phase(row.getInt("phase")),
                row.getString("reason"),
                Instant.ofEpochMilli(row.getLong("changed")),
                Rows.instant(row, "ended"));
    }

    private static Target target(ResultSet row) throws SQLException {
        String message = row.getString("message");
        int wave = row.getInt("wave");
        boolean hasWave = !row.wasNull();
        int state = row.getInt("state");
        boolean hasState = !row.wasNull();
        return new Target(
                row.getInt("place"),
                new NodeName(row.getString("node")),
                hasWave ? wave : null,
                message == null ? null : new MessageId(message),
                Rows.instant(row, "sent"),
                hasState ? Rows.state(state) : null,
                Rows.instant(row, "ended"),
                row.getString("left_out"),
                row.getInt("nth"));
    }

    private static int number(Phase phase) {
        return switch (phase) {
            case RUNNING -> 0;
            case PAUSED -> 1;
            case SENT -> 2;
            case STOPPED -> 3;
            case ABORTED -> 4;
        };
    }

    private static Phase phase(int number) {
        for (Phase phase : Phase.values()) {
            if (number(phase) == number) {
                return phase;
            }
        }
        throw new JournalException(
                JournalException.Kind.DAMAGED,
                "journal: a run has phase " + number + ": expected 0 to 4");
    }
}
