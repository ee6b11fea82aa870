package io.steward.agent.journal;

import io.steward.agent.journal.Receiving.Arrival;
import io.steward.agent.journal.Receiving.Finishing;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The journal as one SQLite file (write-ahead log, every commit on the disk before its futures
/// complete), with its companions `-wal`, `-shm` and `.lock`. Thread-safe.
///
/// When 4,096 writes are waiting, or their messages take a sixteenth of the heap, further callers
/// wait. When the disk is full, writes fail with `DISK_FULL`, reads go on, and writes work again
/// when there is room.
public final class SqliteJournal implements Journal {
    private final Path file;
    private final InstantSource clock;
    private final MessageIds ids;
    private final JournalLock lock;
    private final Writer writer;
    private final Readers readers;
    private final Runs runs;
    private final Schedules schedules;
    private final Notices notices;
    private final Damage damage = new Damage();
    private final AtomicLong logged = new AtomicLong();
    private boolean closed; // guarded by this

    SqliteJournal(
            Path file, InstantSource clock, JournalLock lock, Writer writer, Readers readers) {
        this.file = file;
        this.clock = clock;
        this.ids = new MessageIds(clock);
        this.lock = lock;
        this.writer = writer;
        this.readers = readers;
        this.runs = new SqliteRuns(writer, readers);
        this.schedules = new SqliteSchedules(writer, readers);
        this.notices = new SqliteNotices(writer, readers);
    }

    /// Opens the journal, and makes an empty one if there has never been one. Its folder must
    /// exist.
    ///
    /// @param clock for what the journal dates itself: accepting, and how old is old when pruning
    /// @throws JournalException `DAMAGED` (the file was put aside; the next call begins with an
    ///   empty one), `TOO_NEW`, or `OTHER` when another agent has it open
    public static SqliteJournal open(Path file, InstantSource clock) {
        return Opening.open(file, clock);
    }

    /// Reads a small value (see [#keep]) of a journal that an agent may have open, or none. Nothing
    /// is written.
    ///
    /// @return empty if there is no such journal, or nothing was kept by that name
    /// @throws JournalException if it cannot be read
    public static Optional<String> keptIn(Path file, String name) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (Sql sql = JournalFile.connectReader(file)) {
            return kept(sql, name);
        } catch (SQLException e) {
            throw Faults.of(file, "read", e);
        }
    }

    private static Optional<String> kept(Sql sql, String name) throws SQLException {
        return sql.first("SELECT value FROM kept WHERE name = ?", row -> row.getString(1), name);
    }

    // ---- sending

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey, List<Message> messages, long mostOpen) {
        List<Draft> drafts = Draft.of(messages);
        return writer.submit(
                        Draft.bytes(drafts),
                        tx -> Sending.accept(tx, inputKey, drafts, mostOpen, clock.instant()))
                .thenApply(Sending.Acceptance::accepted);
    }

    @Override
    public CompletableFuture<Void> published(MessageId id, Published where) {
        return write(tx -> Sending.published(tx, id, where));
    }

    @Override
    public CompletableFuture<Void> note(MessageId id, @Nullable String note) {
        return write(tx -> Sending.note(tx, id, note));
    }

    @Override
    public CompletableFuture<Void> resending(MessageId id, Instant at) {
        return write(tx -> Sending.resending(tx, id, at));
    }

    @Override
    public CompletableFuture<List<Optional<State>>> acknowledged(List<Ack> acks, Instant at) {
        List<Ack> said = List.copyOf(acks);
        List<byte[]> encoded = said.stream().map(Ack::withoutFrame).map(Codec::encode).toList();
        return writer.submit(
                encoded.stream().mapToLong(each -> each.length).sum(),
                tx -> Sending.acknowledged(tx, said, encoded, at));
    }

    @Override
    public CompletableFuture<Boolean> endSent(
            MessageId id, List<State> ifIn, State end, String reason, Instant at) {
        requireEnd(end);
        List<State> states = List.copyOf(ifIn);
        return writer.submit(tx -> Sending.end(tx, id, states, end, reason, at));
    }

    @Override
    public CompletableFuture<List<Boolean>> endSentAll(
            List<MessageId> ids, List<State> ifIn, State end, String reason, Instant at) {
        requireEnd(end);
        List<MessageId> which = List.copyOf(ids);
        List<State> states = List.copyOf(ifIn);
        return writer.submit(tx -> {
            List<Boolean> changed = new ArrayList<>(which.size());
            for (MessageId id : which) {
                changed.add(Sending.end(tx, id, states, end, reason, at));
            }
            return changed;
        });
    }

    @Override
    public CompletableFuture<Void> lookAgain(List<MessageId> ids, Instant next, int looks) {
        List<MessageId> which = List.copyOf(ids);
        return write(tx -> Sending.lookAgain(tx, which, next, looks));
    }

    /// Asks no file, for those who look every second.
    @Override
    public long unfinished(Direction direction) {
        return writer.counters().unfinished(direction);
    }

    @Override
    public List<SentMessage> dueForLook(Instant now, int limit) {
        if (unfinished(Direction.SENT) == 0) {
            return List.of();
        }
        return damage.leftOut(
                readers.ask(sql -> Reading.dueForLook(sql, now, limit)), this::toSent);
    }

    @Override
    public CompletableFuture<Void> lookNow(NodeName node, Instant now) {
        return write(tx -> Sending.lookNow(tx, node, now));
    }

    @Override
    public List<SentMessage> overdue(
            Instant now, Duration defaultMethodTimeout, Duration grace, int limit) {
        if (unfinished(Direction.SENT) == 0) {
            return List.of();
        }
        return damage.leftOut(
                readers.ask(sql -> Reading.overdue(sql, now, defaultMethodTimeout, grace, limit)),
                this::toSent);
    }

    @Override
    public List<Message> queued(int limit) {
        return damage.leftOut(readers.ask(sql -> Reading.queued(sql, limit)), Codec::message);
    }

    @Override
    public List<Message> queuedOf(
            Subject subject, Collection<MessageId> without, int limit, long bytes) {
        List<MessageId> known = List.copyOf(without);
        return damage.leftOut(
                readers.ask(sql -> Reading.queuedOf(sql, subject, known, limit, bytes)),
                Codec::message);
    }

    @Override
    public List<SentMessage> publishedOf(Subject subject, @Nullable Instant notIn, int limit) {
        return damage.leftOut(
                readers.ask(sql -> Reading.publishedOf(sql, subject, notIn, limit)), this::toSent);
    }

    @Override
    public List<Subject> queuedSubjects() {
        return readers.ask(Reading::queuedSubjects);
    }

    @Override
    public Optional<List<MessageId>> taken(String inputKey) {
        return readers.ask(sql -> Reading.taken(sql, inputKey)).map(Sending::ids);
    }

    @Override
    public boolean ackWaits(MessageId id) {
        return readers.ask(sql -> Reading.ackWaits(sql, id));
    }

    @Override
    public List<Piece> output(MessageId id, long after, int limit) {
        return readers.ask(sql -> Outputs.read(sql, id, after, limit));
    }

    @Override
    public Optional<SentMessage> sent(MessageId id) {
        return readers.ask(sql -> Messages.read(sql, id, Direction.SENT)).map(this::toSent);
    }

    // ---- receiving

    @Override
    public CompletableFuture<List<Taken>> receive(List<Incoming> messages) {
        List<Arrival> arrivals =
                messages.stream()
                        .map(incoming -> new Arrival(incoming, Draft.of(incoming.message())))
                        .toList();
        return writer.submit(
                        arrivals.stream().mapToLong(each -> each.draft().bytes()).sum(),
                        tx -> Receiving.receive(tx, arrivals, ids))
                .thenApply(results -> results.stream().map(this::taken).toList());
    }

    private Taken taken(Receiving.Result result) {
        return switch (result) {
            case Receiving.Result.New() -> new Taken.New();
            case Receiving.Result.Known(Stored row) -> new Taken.Known(toReceived(row));
            case Receiving.Result.Conflict() -> new Taken.Conflict();
            case Receiving.Result.CancelledBefore(Message ack) -> new Taken.CancelledBefore(ack);
            case Receiving.Result.Refused(Message ack) -> new Taken.Refused(ack);
        };
    }

    @Override
    public CompletableFuture<Void> deadLetter(DeadLetter letter) {
        return write(tx ->
                tx.sql()
                        .update(
                                """
                                INSERT INTO dead_letter (at, subject, sequence, reason, payload)
                                VALUES (?, ?, ?, ?, ?)
                                """,
                                letter.at().toEpochMilli(),
                                letter.subject(),
                                letter.sequence(),
                                letter.reason(),
                                letter.payload()));
    }

    @Override
    public List<DeadLetter> deadLetters(int limit) {
        return readers.ask(sql -> Reading.deadLetters(sql, limit));
    }

    @Override
    public CompletableFuture<Void> started(MessageId id, int attempt, String bootId, Instant at) {
        return write(tx -> Receiving.started(tx, id, attempt, bootId, at));
    }

    @Override
    public CompletableFuture<Boolean> finished(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at) {
        requireEnd(outcome.state());
        Finishing finishing = Finishing.of(new Finish(id, outcome, ackMessage, also, at));
        return writer.submit(finishing.bytes(), tx -> Receiving.finished(tx, finishing));
    }

    @Override
    public CompletableFuture<List<Boolean>> finishedAll(List<Finish> finishes) {
        finishes.forEach(finish -> requireEnd(finish.outcome().state()));
        List<Finishing> all = finishes.stream().map(Finishing::of).toList();
        return writer.submit(
                all.stream().mapToLong(Finishing::bytes).sum(),
                tx -> {
                    List<Boolean> changed = new ArrayList<>(all.size());
                    for (Finishing finishing : all) {
                        changed.add(Receiving.finished(tx, finishing));
                    }
                    return changed;
                });
    }

    @Override
    public CompletableFuture<Optional<ReceivedMessage>> cancelAhead(MessageId id, Instant at) {
        return writer.submit(tx -> Receiving.cancelAhead(tx, id, at))
                .thenApply(row -> row.map(this::toReceived));
    }

    @Override
    public CompletableFuture<List<MessageId>> giveUpUnstarted(Predicate<MessageId> keep) {
        return writer.submit(tx -> Receiving.giveUp(tx, keep));
    }

    @Override
    public Optional<ReceivedMessage> received(MessageId id) {
        return readers.ask(sql -> Messages.read(sql, id, Direction.RECEIVED)).map(this::toReceived);
    }

    @Override
    public List<ReceivedMessage> unfinished(@Nullable ReceivedMessage after, int limit) {
        long arrival = after == null ? 0 : after.arrival();
        return damage.leftOut(
                readers.ask(sql -> Reading.unfinished(sql, arrival, limit)), this::toReceived);
    }

    @Override
    public List<ReceivedMessage> unfinishedOf(
            Subject subject, @Nullable ReceivedMessage after, int limit, long bytes) {
        long arrival = after == null ? 0 : after.arrival();
        return damage.leftOut(
                readers.ask(sql -> Reading.unfinishedOf(sql, subject, arrival, limit, bytes)),
                this::toReceived);
    }

    @Override
    public List<Subject> unfinishedSubjects(NodeName node) {
        return readers.ask(Reading::unfinishedSubjects).stream()
                .map(tokens -> new Subject(node, MessageType.of(tokens[0]), tokens[1], tokens[2]))
                .toList();
    }

    @Override
    public List<ReceivedMessage> unfinishedPast(Instant brokersNow, int limit) {
        if (unfinished(Direction.RECEIVED) == 0) {
            return List.of();
        }
        return damage.leftOut(
                readers.ask(sql -> Reading.unfinishedPast(sql, brokersNow, limit)),
                this::toReceived);
    }

    // ---- asking

    @Override
    public Page<Entry> history(Query query, @Nullable MessageId before, int limit, long bytes) {
        return page(
                readers.ask(sql -> HistoryReading.page(sql, query, before, limit, bytes)),
                this::toEntry);
    }

    private <T> Page<T> page(Page<Stored> rows, Function<Stored, T> decode) {
        List<T> items = damage.leftOut(rows.items(), decode);
        return new Page<>(items, rows.more() && !items.isEmpty());
    }

    @Override
    public Map<Direction, Map<State, Long>> counts() {
        return writer.counters().toMap();
    }

    @Override
    public List<Waiting> waiting() {
        return readers.ask(Reading::waiting);
    }

    // ---- queues

    @Override
    public List<Backlog> backlogs() {
        return readers.ask(QueueReading::backlogs);
    }

    @Override
    public Count countWaiting(Waiters which) {
        return readers.ask(sql -> QueueReading.count(sql, which));
    }

    @Override
    public Page<SentMessage> waitingFor(
            Waiters which, @Nullable MessageId after, int limit, long bytes) {
        return page(
                readers.ask(sql -> QueueReading.waitingFor(sql, which, after, limit, bytes)),
                this::toSent);
    }

    @Override
    public List<Waiter> waiters(Waiters which, int limit) {
        return readers.ask(sql -> QueueReading.waiters(sql, which, limit));
    }

    @Override
    public List<Waiter> waiters(Collection<MessageId> ids) {
        return readers.ask(sql -> QueueReading.waiters(sql, ids));
    }

    @Override
    public List<MessageId> cancelling() {
        return readers.ask(QueueReading::cancelling);
    }

    // ---- processed log

    @Override
    public List<Processed> processedAfter(long sequence, int limit, long bytes) {
        return damage.leftOut(
                readers.ask(sql -> Reading.processedAfter(sql, sequence, limit, bytes)),
                row -> new Processed(row.sequence(), row.at(), toEntry(row.row())));
    }

    @Override
    public Map<MessageId, State> sentStates(Collection<MessageId> ids) {
        return readers.ask(sql -> Reading.sentStates(sql, ids));
    }

    @Override
    public List<SentEnd> sentEndsAfter(long sequence, int limit) {
        return readers.ask(sql -> Reading.sentEndsAfter(sql, sequence, limit));
    }

    @Override
    public long lastProcessed() {
        return readers.ask(Reading::lastProcessed);
    }

    @Override
    public List<Processed> processedLast(int count, long bytes) {
        return processedAfter(
                readers.ask(sql -> Reading.processedBefore(sql, count)), count, bytes);
    }

    @Override
    public void onProcessed(Runnable listener) {
        writer.onProcessed(listener);
    }

    @Override
    public void logged(long sequence) {
        logged.accumulateAndGet(sequence, Math::max);
    }

    // ---- runs, schedules, notices, nodes, upkeep

    @Override
    public Runs runs() {
        return runs;
    }

    @Override
    public Schedules schedules() {
        return schedules;
    }

    @Override
    public Notices notices() {
        return notices;
    }

    @Override
    public CompletableFuture<Void> keep(String name, String value) {
        return write(tx ->
                tx.sql()
                        .update(
                                "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)",
                                name,
                                value));
    }

    @Override
    public Optional<String> kept(String name) {
        return readers.ask(sql -> kept(sql, name));
    }

    @Override
    public CompletableFuture<Void> sawNode(NodeName node, String facts, Instant at) {
        return write(tx ->
                tx.sql()
                        .update(
                                "INSERT OR REPLACE INTO node (name, at, facts) VALUES (?, ?, ?)",
                                node.value(),
                                at.toEpochMilli(),
                                facts));
    }

    @Override
    public Map<NodeName, Seen> seenNodes() {
        return readers.ask(Reading::nodes);
    }

    @Override
    public long prune(Instant before) {
        Instant now = clock.instant();
        long upTo = logged.get();
        long removed = 0;
        var step = new Pruning.Step(0, 0, true);
        while (step.more()) {
            long after = step.last();
            step = await(writer.submit(tx -> Pruning.messages(tx, before, after, upTo, now)));
            removed += step.removed();
        }
        while (await(writer.submit(tx -> Pruning.others(tx, before, now)))) {
            // until there is no more
        }
        return removed;
    }

    /// For tests of a full disk.
    CompletableFuture<Void> limitPages(int pages) {
        return write(tx -> tx.sql().script("PRAGMA max_page_count = " + pages));
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof JournalException cause) {
                throw new JournalException(cause.kind(), String.valueOf(cause.getMessage()), e);
            }
            throw e;
        }
    }

    private SentMessage toSent(Stored row) {
        return row.toSent(damage);
    }

    private ReceivedMessage toReceived(Stored row) {
        return row.toReceived(damage);
    }

    private Entry toEntry(Stored row) {
        return row.toEntry(damage);
    }

    private static void requireEnd(State state) {
        if (!state.isEnd()) {
            throw new IllegalArgumentException(
                    "state %s is not an end: expected succeeded, failed, interrupted, refused, expired or cancelled"
                            .formatted(state));
        }
    }

    /// A write without a result.
    @FunctionalInterface
    private interface Effect {
        void in(Transaction transaction) throws SQLException;
    }

    @SuppressWarnings("NullAway") // a Void has no other value
    private CompletableFuture<Void> write(Effect effect) {
        return writer.submit(tx -> {
            effect.in(tx);
            return null;
        });
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (lock) {
            readers.close();
            writer.close();
            lock.mark(JournalLock.Left.CLEAN);
        } catch (SQLException e) {
            throw Faults.of(file, "close", e);
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal %s: its lock file cannot be written: %s".formatted(file, e),
                    e);
        }
    }
}
