package io.steward.agent.journal;

import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A journal in memory, for tests of those who use one. It passes the same [JournalContract] as the
/// one in SQLite. Futures are complete when they are returned; listeners run in the caller's
/// thread.
public final class MemoryJournal extends MemoryQueues {
    private final MemoryRuns runs = new MemoryRuns(this);
    private final MemorySchedules schedules = new MemorySchedules(this);
    private final MemoryNotices notices = new MemoryNotices(this);

    public MemoryJournal(InstantSource clock) {
        super(clock);
    }

    /// Makes every write fail with `failure`; null to let them succeed again.
    public synchronized void failWith(@Nullable JournalException failure) {
        this.failure = failure;
    }

    /// Called with every mark of a start, when it is made.
    public synchronized void onStarted(Runnable listener) {
        this.onStarted = listener;
    }

    /// Makes every mark of a start fail with `failure`; null to let them succeed again.
    public synchronized void failStartsWith(@Nullable JournalException failure) {
        this.startFailure = failure;
    }

    /// Opens it again as after a restart: what was written is there, listeners are gone.
    public synchronized void reopen() {
        closed = false;
        logged = 0;
        listeners.clear();
    }

    // ---- asking

    @Override
    public synchronized Page<Entry> history(
            Query query, @Nullable MessageId before, int limit, long bytes) {
        requireOpen();
        List<MemoryRow> found =
                rows.values().stream()
                        .flatMap(table -> table.values().stream())
                        .filter(row -> before == null || row.message.id().compareTo(before) < 0)
                        .filter(row -> matches(query, row))
                        .sorted(
                                Comparator.comparing((MemoryRow row) -> row.message.id())
                                        .thenComparing(row -> row.direction)
                                        .reversed())
                        .toList();
        int end = Math.min(limit, found.size());
        if (end > 0
                && end < found.size()
                && found.get(end).message.id().equals(found.get(end - 1).message.id())) {
            end++;
        }
        return new Page<>(
                found.subList(0, end).stream().map(MemoryRow::toEntry).toList(),
                end > 0 && end < found.size());
    }

    private static boolean matches(Query query, MemoryRow row) {
        return (query.direction() == null || query.direction() == row.direction)
                && (query.state() == null || query.state() == row.state)
                && (query.node() == null || query.node().equals(row.other()))
                && (query.method() == null || query.method().equals(row.message.subject().method()))
                && (query.label() == null || labelled(query.label(), row.message))
                && (query.from() == null || !row.message.createdAt().isBefore(query.from()))
                && (query.to() == null || row.message.createdAt().isBefore(query.to()));
    }

    private static boolean labelled(String label, Message message) {
        int equals = label.indexOf('=');
        return equals < 0
                ? message.labels().containsKey(label)
                : label.substring(equals + 1)
                        .equals(message.labels().get(label.substring(0, equals)));
    }

    @Override
    public synchronized Map<Direction, Map<State, Long>> counts() {
        Map<Direction, Map<State, Long>> counts = new EnumMap<>(Direction.class);
        rows.forEach((direction, table) -> {
            Map<State, Long> states = new EnumMap<>(State.class);
            table.values().forEach(row -> states.merge(row.state, 1L, Long::sum));
            counts.put(direction, states);
        });
        return counts;
    }

    @Override
    public synchronized List<Waiting> waiting() {
        requireOpen();
        record Key(NodeName node, Subject subject, State state) {}
        Map<Key, List<MemoryRow>> groups =
                new TreeMap<>(
                        Comparator.comparing(Key::node)
                                .thenComparing(key -> key.subject().toString())
                                .thenComparing(Key::state));
        table(Direction.SENT).values().stream()
                .filter(row -> row.waits(State.PUBLISHED))
                .forEach(row ->
                        groups.computeIfAbsent(
                                        new Key(row.other(), row.message.subject(), row.state),
                                        key -> new ArrayList<>())
                                .add(row));
        List<Waiting> waiting = new ArrayList<>();
        groups.forEach((key, group) ->
                waiting.add(
                        new Waiting(
                                key.node(),
                                key.subject(),
                                key.state(),
                                group.size(),
                                group.stream()
                                        .map(row -> row.message.createdAt())
                                        .min(Comparator.naturalOrder())
                                        .orElseThrow(),
                                group.stream()
                                        .map(row -> row.message.expiresAt())
                                        .min(Comparator.naturalOrder())
                                        .orElseThrow())));
        return waiting;
    }

    // ---- processed log

    @Override
    public synchronized List<Processed> processedAfter(long sequence, int limit, long bytes) {
        requireOpen();
        return upTo(
                bytes,
                each -> Codec.encode(each.entry().message()).length,
                processed.tailMap(sequence, false).entrySet().stream()
                        .limit(limit)
                        .map(each ->
                                new Processed(
                                        each.getKey(),
                                        each.getValue().at(),
                                        each.getValue().row().toEntry()))
                        .toList());
    }

    @Override
    public synchronized Map<MessageId, State> sentStates(Collection<MessageId> ids) {
        Map<MessageId, State> states = new TreeMap<>();
        ids.forEach(id -> sent(id).ifPresent(found -> states.put(id, found.state())));
        return states;
    }

    @Override
    public synchronized List<SentEnd> sentEndsAfter(long sequence, int limit) {
        return processedAfter(sequence, Integer.MAX_VALUE).stream()
                .filter(each -> each.entry().direction() == Direction.SENT)
                .map(each -> new SentEnd(each.sequence(), each.entry().message().id()))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized long lastProcessed() {
        return processedLast(1).stream().mapToLong(Processed::sequence).sum();
    }

    @Override
    public synchronized List<Processed> processedLast(int count, long bytes) {
        List<Processed> all = processedAfter(0, Integer.MAX_VALUE);
        return all.subList(Math.max(0, all.size() - count), all.size());
    }

    @Override
    public void onProcessed(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public synchronized void logged(long sequence) {
        logged = Math.max(logged, sequence);
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
        return write(() -> {
            kept.put(name, value);
        });
    }

    @Override
    public synchronized Optional<String> kept(String name) {
        requireOpen();
        return Optional.ofNullable(kept.get(name));
    }

    @Override
    public CompletableFuture<Void> sawNode(NodeName node, String facts, Instant at) {
        Seen seen = new Seen(at.truncatedTo(ChronoUnit.MILLIS), facts);
        return write(() -> {
            nodes.put(node, seen);
        });
    }

    @Override
    public synchronized Map<NodeName, Seen> seenNodes() {
        requireOpen();
        return new TreeMap<>(nodes);
    }

    @Override
    public synchronized long prune(Instant before) {
        requireOpen();
        Instant now = clock.instant();
        long removed = 0;
        for (var each : List.copyOf(processed.headMap(logged, true).entrySet())) {
            MemoryRow row = each.getValue().row();
            boolean lateCopies =
                    row.direction == Direction.RECEIVED
                            && !row.message.expiresAt().plus(Pruning.LATE_COPY).isBefore(now);
            if (each.getValue().at().isBefore(before) && !lateCopies) {
                processed.remove(each.getKey());
                table(row.direction).remove(row.message.id());
                removed++;
            }
        }
        runs.prune(before);
        schedules.prune(before);
        notices.prune(before);
        inputs.values().removeIf(input -> input.at().isBefore(before));
        deadLetters.removeIf(letter -> letter.at().isBefore(before));
        Instant forgotten = now.minus(Limits.MAX_EXPIRY).minus(Pruning.LATE_COPY);
        cancelled.values().removeIf(at -> at.isBefore(forgotten) && at.isBefore(before));
        return removed;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
