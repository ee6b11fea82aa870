package io.steward.agent.journal;

import io.steward.messages.Ack;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A journal in memory, for tests of those who use one. It passes the same [JournalContract] as the
/// one in SQLite. Futures are complete when they are returned; listeners run in the caller's
/// thread.
public final class MemoryJournal implements Journal {
    private static final Comparator<Message> CHRONOLOGICAL =
            Comparator.comparing(Message::createdAt).thenComparing(Message::id);

    private final InstantSource clock;
    private final MessageIds ids;
    private final Map<Direction, TreeMap<MessageId, MemoryRow>> rows =
            new EnumMap<>(
                    Map.of(Direction.SENT, new TreeMap<>(), Direction.RECEIVED, new TreeMap<>()));
    private final Map<MessageId, Message> acksOut = new HashMap<>();
    private final Map<String, Input> inputs = new HashMap<>();
    private final Map<MessageId, Instant> cancelled = new HashMap<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final TreeMap<Long, Ended> processed = new TreeMap<>();
    private final Map<NodeName, Seen> nodes = new TreeMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private long lastSeq;
    private long lastProcessed;
    private long logged;
    private @Nullable JournalException failure;
    private boolean closed;

    private record Input(List<MessageId> ids, Instant at) {}

    private record Ended(MemoryRow row, Instant at) {}

    public MemoryJournal(InstantSource clock) {
        this.clock = clock;
        this.ids = new MessageIds(clock);
    }

    /// Makes every write fail with `failure`; null to let them succeed again.
    public synchronized void failWith(@Nullable JournalException failure) {
        this.failure = failure;
    }

    /// Opens it again as after a restart: what was written is there, listeners are gone.
    public synchronized void reopen() {
        closed = false;
        logged = 0;
        listeners.clear();
    }

    private <T> CompletableFuture<T> write(Supplier<T> work) {
        boolean ended;
        T result;
        synchronized (this) {
            JournalException refusal =
                    closed
                            ? new JournalException(
                                    JournalException.Kind.CLOSED, "the journal is closed")
                            : failure;
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            long before = lastProcessed;
            try {
                result = work.get();
            } catch (JournalException e) {
                return CompletableFuture.failedFuture(e);
            }
            ended = lastProcessed > before;
        }
        if (ended) {
            listeners.forEach(Runnable::run);
        }
        return CompletableFuture.completedFuture(result);
    }

    @SuppressWarnings("NullAway") // a Void has no other value
    private CompletableFuture<Void> write(Runnable work) {
        return write(() -> {
            work.run();
            return null;
        });
    }

    private @Nullable MemoryRow row(Direction direction, MessageId id) {
        return table(direction).get(id);
    }

    private Map<MessageId, MemoryRow> table(Direction direction) {
        Map<MessageId, MemoryRow> table = rows.get(direction);
        if (table == null) {
            throw new IllegalStateException("no table for " + direction);
        }
        return table;
    }

    private void requireOpen() {
        if (closed) {
            throw new JournalException(JournalException.Kind.CLOSED, "the journal is closed");
        }
    }

    // ---- sending

    @Override
    public CompletableFuture<Accepted> accept(@Nullable String inputKey, List<Message> messages) {
        return write(() -> {
            Input taken = inputKey == null ? null : inputs.get(inputKey);
            if (taken != null) {
                return new Accepted(taken.ids(), false);
            }
            for (Message message : messages) {
                if (row(Direction.SENT, message.id()) != null
                        || acksOut.containsKey(message.id())) {
                    throw new JournalException(
                            JournalException.Kind.OTHER,
                            "message " + message.id() + " is in the journal already");
                }
            }
            List<MessageId> accepted = messages.stream().map(Message::id).toList();
            messages.forEach(message -> queue(message, clock.instant()));
            if (inputKey != null) {
                inputs.put(inputKey, new Input(accepted, clock.instant()));
            }
            return new Accepted(accepted, true);
        });
    }

    private void queue(Message message, Instant at) {
        if (message.subject().isAck()) {
            acksOut.put(message.id(), message);
        } else {
            table(Direction.SENT)
                    .put(message.id(), new MemoryRow(Direction.SENT, ++lastSeq, message, null, at));
        }
    }

    private void move(MemoryRow row, State next, @Nullable String reason, Instant at) {
        row.move(next, reason, at);
        if (next.isEnd()) {
            processed.put(++lastProcessed, new Ended(row, at.truncatedTo(ChronoUnit.MILLIS)));
        }
    }

    @Override
    public CompletableFuture<Void> published(MessageId id, Published where) {
        return write(() -> {
            MemoryRow row = row(Direction.SENT, id);
            if (acksOut.remove(id) != null || row == null || row.state.isEnd()) {
                return;
            }
            row.published =
                    new Published(
                            where.stream(),
                            where.streamCreated().truncatedTo(ChronoUnit.MILLIS),
                            where.sequence(),
                            where.at().truncatedTo(ChronoUnit.MILLIS));
            row.look = where.at().plus(row.message.ackTimeout());
            if (row.state.mayBecome(State.PUBLISHED)) {
                row.move(State.PUBLISHED, null, where.at());
            }
        });
    }

    @Override
    public CompletableFuture<Void> note(MessageId id, @Nullable String note) {
        return write(() -> {
            MemoryRow row = row(Direction.SENT, id);
            if (row != null && !row.state.isEnd()) {
                row.note = note;
            }
        });
    }

    @Override
    public CompletableFuture<Void> resending(MessageId id, Instant at) {
        return write(() -> {
            MemoryRow row = row(Direction.SENT, id);
            if (row != null && !row.state.isEnd() && row.state != State.QUEUED) {
                row.resends++;
                row.look = at.plus(row.message.ackTimeout());
            }
        });
    }

    @Override
    public CompletableFuture<List<Optional<SentMessage>>> acknowledged(List<Ack> acks, Instant at) {
        return write(() -> acks.stream().map(ack -> acknowledged(ack, at)).toList());
    }

    private Optional<SentMessage> acknowledged(Ack ack, Instant at) {
        MemoryRow row = row(Direction.SENT, ack.messageId());
        if (row == null) {
            return Optional.empty();
        }
        if (row.other().equals(ack.node())) {
            if (!ack.state().isEnd()) {
                row.look = at.plus(LOOK_AFTER_NEWS);
                row.looks = 0;
            }
            if (row.state.mayBecome(ack.state())) {
                row.ack = ack;
                move(row, ack.state(), ack.state().isEnd() ? ack.reason() : null, at);
            } else if (row.state.isEnd() && ack.state().isEnd() && row.state != ack.state()) {
                row.note = Sending.lateAnswer(ack, at);
            }
        }
        return Optional.of(row.toSent());
    }

    @Override
    public CompletableFuture<Boolean> endSent(
            MessageId id, List<State> ifIn, State end, String reason, Instant at) {
        requireEnd(end);
        return write(() -> {
            if (ifIn.contains(State.QUEUED) && acksOut.remove(id) != null) {
                return true;
            }
            MemoryRow row = row(Direction.SENT, id);
            if (row == null || row.state.isEnd() || !ifIn.contains(row.state)) {
                return false;
            }
            move(row, end, reason, at);
            return true;
        });
    }

    @Override
    public CompletableFuture<Void> lookAgain(List<MessageId> ids, Instant next, int looks) {
        return write(() -> {
            for (MessageId id : ids) {
                MemoryRow row = row(Direction.SENT, id);
                if (row != null && row.state == State.PUBLISHED) {
                    row.look = next;
                    row.looks = looks;
                }
            }
        });
    }

    @Override
    public CompletableFuture<Void> lookNow(NodeName node, Instant now) {
        return write(() ->
                table(Direction.SENT).values().stream()
                        .filter(row -> row.state != State.QUEUED && !row.state.isEnd())
                        .filter(row -> row.other().equals(node))
                        .forEach(row -> row.look = now));
    }

    @Override
    public synchronized List<SentMessage> dueForLook(Instant now, int limit) {
        return sent(
                row ->
                        row.state != State.QUEUED
                                && !row.state.isEnd()
                                && row.look != null
                                && !row.look.isAfter(now),
                limit);
    }

    @Override
    public synchronized List<SentMessage> overdue(
            Instant now, Duration defaultMethodTimeout, Duration grace, int limit) {
        return sent(
                row -> {
                    Duration timeout = row.message.methodTimeout();
                    Instant deadline =
                            row.state == State.QUEUED
                                    ? row.message.expiresAt()
                                    : row.message
                                            .expiresAt()
                                            .plus(timeout == null ? defaultMethodTimeout : timeout)
                                            .plus(grace);
                    return !row.state.isEnd() && !deadline.isAfter(now);
                },
                limit);
    }

    private List<SentMessage> sent(Predicate<MemoryRow> wanted, int limit) {
        requireOpen();
        return table(Direction.SENT).values().stream()
                .filter(wanted)
                .limit(limit)
                .map(MemoryRow::toSent)
                .toList();
    }

    @Override
    public synchronized List<Message> queued(@Nullable MessageId afterId, int limit) {
        requireOpen();
        MemoryRow last = afterId == null ? null : row(Direction.SENT, afterId);
        Message ack = afterId == null ? null : acksOut.get(afterId);
        Message after = last != null ? last.message : ack;
        return Stream.concat(
                        table(Direction.SENT).values().stream()
                                .filter(row -> row.state == State.QUEUED)
                                .map(row -> row.message),
                        acksOut.values().stream())
                .filter(message ->
                        afterId == null
                                || (after != null
                                        ? CHRONOLOGICAL.compare(message, after) > 0
                                        : message.id().compareTo(afterId) > 0))
                .sorted(CHRONOLOGICAL)
                .limit(limit)
                .toList();
    }

    @Override
    public List<Message> queuedOf(Subject subject, int limit) {
        return queued(null, Integer.MAX_VALUE).stream()
                .filter(message -> message.subject().equals(subject))
                .limit(limit)
                .toList();
    }

    @Override
    public List<Subject> queuedSubjects() {
        return queued(null, Integer.MAX_VALUE).stream().map(Message::subject).distinct().toList();
    }

    @Override
    public synchronized Optional<List<MessageId>> taken(String inputKey) {
        return Optional.ofNullable(inputs.get(inputKey)).map(Input::ids);
    }

    @Override
    public synchronized Optional<SentMessage> sent(MessageId id) {
        requireOpen();
        return Optional.ofNullable(row(Direction.SENT, id)).map(MemoryRow::toSent);
    }

    // ---- receiving

    @Override
    public CompletableFuture<List<Taken>> receive(List<Incoming> messages) {
        return write(() -> {
            IdentityHashMap<Incoming, Taken> taken = new IdentityHashMap<>();
            messages.stream()
                    .sorted(Comparator.comparingLong(Incoming::sequence))
                    .forEach(incoming -> taken.put(incoming, receive(incoming)));
            List<Taken> inOrder = new ArrayList<>();
            messages.forEach(incoming -> inOrder.add(taken.get(incoming)));
            return inOrder;
        });
    }

    private Taken receive(Incoming incoming) {
        Message message = incoming.message();
        MemoryRow known = row(Direction.RECEIVED, message.id());
        if (known != null) {
            return incoming.bodyHash().equals(known.hash)
                    ? new Taken.Known(known.toReceived())
                    : new Taken.Conflict();
        }
        MemoryRow row =
                new MemoryRow(
                        Direction.RECEIVED, ++lastSeq, message, incoming.bodyHash(), incoming.at());
        table(Direction.RECEIVED).put(message.id(), row);
        if (cancelled.remove(message.id()) == null) {
            return new Taken.New();
        }
        NodeName here = message.subject().node();
        row.ack = Ack.of(message.id(), here, State.CANCELLED, Receiving.CANCELLED_BEFORE);
        Message ack = Message.ofAck(ids.next(), here, message, row.ack, incoming.at());
        move(row, State.CANCELLED, Receiving.CANCELLED_BEFORE, incoming.at());
        queue(ack, incoming.at());
        return new Taken.CancelledBefore(ack);
    }

    @Override
    public CompletableFuture<Void> deadLetter(DeadLetter letter) {
        return write(() -> deadLetters.addFirst(letter));
    }

    @Override
    public synchronized List<DeadLetter> deadLetters(int limit) {
        requireOpen();
        return deadLetters.stream().limit(limit).toList();
    }

    @Override
    public CompletableFuture<Void> started(MessageId id, int attempt, String bootId, Instant at) {
        return write(() -> {
            MemoryRow row = known(id);
            if (row.state.isEnd()) {
                throw new JournalException(
                        JournalException.Kind.OTHER,
                        "message %s has ended as %s: it must not be started"
                                .formatted(id, row.state));
            }
            row.state = State.STARTED;
            row.states.put(State.STARTED, at.truncatedTo(ChronoUnit.MILLIS));
            row.attempt = attempt;
            row.bootId = bootId;
        });
    }

    private MemoryRow known(MessageId id) {
        MemoryRow row = row(Direction.RECEIVED, id);
        if (row == null) {
            throw new JournalException(
                    JournalException.Kind.OTHER,
                    "message " + id + " is not in the journal: it was never received here");
        }
        return row;
    }

    @Override
    public CompletableFuture<Boolean> finished(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at) {
        requireEnd(outcome.state());
        return write(() -> finish(new Finish(id, outcome, ackMessage, also, at)));
    }

    @Override
    public CompletableFuture<List<Boolean>> finishedAll(List<Finish> finishes) {
        finishes.forEach(finish -> requireEnd(finish.outcome().state()));
        return write(() -> {
            finishes.forEach(finish -> known(finish.id()));
            return finishes.stream().map(this::finish).toList();
        });
    }

    private boolean finish(Finish finish) {
        MemoryRow row = known(finish.id());
        if (row.state.isEnd()) {
            return false;
        }
        Instant startedAt = finish.outcome().startedAt();
        if (startedAt != null) {
            row.states.putIfAbsent(State.STARTED, startedAt.truncatedTo(ChronoUnit.MILLIS));
        }
        row.attempt = Math.max(row.attempt, finish.outcome().attempt());
        row.ack = finish.outcome();
        move(row, finish.outcome().state(), finish.outcome().reason(), finish.at());
        Message ack = finish.ackMessage();
        if (ack != null) {
            queue(ack, finish.at());
        }
        finish.also().forEach(message -> queue(message, finish.at()));
        return true;
    }

    @Override
    public CompletableFuture<Optional<ReceivedMessage>> cancelAhead(MessageId id, Instant at) {
        return write(() -> {
            MemoryRow known = row(Direction.RECEIVED, id);
            if (known == null) {
                cancelled.putIfAbsent(id, at);
            }
            return Optional.ofNullable(known).map(MemoryRow::toReceived);
        });
    }

    @Override
    public synchronized Optional<ReceivedMessage> received(MessageId id) {
        requireOpen();
        return Optional.ofNullable(row(Direction.RECEIVED, id)).map(MemoryRow::toReceived);
    }

    @Override
    public synchronized List<ReceivedMessage> unfinished(
            @Nullable ReceivedMessage after, int limit) {
        requireOpen();
        return table(Direction.RECEIVED).values().stream()
                .filter(row -> !row.state.isEnd())
                .filter(row -> after == null || row.seq > after.arrival())
                .sorted(Comparator.comparingLong(row -> row.seq))
                .limit(limit)
                .map(MemoryRow::toReceived)
                .toList();
    }

    @Override
    public List<ReceivedMessage> unfinishedOf(Subject subject, int limit) {
        return unfinished(null, Integer.MAX_VALUE).stream()
                .filter(received -> received.message().subject().equals(subject))
                .limit(limit)
                .toList();
    }

    @Override
    public List<Subject> unfinishedSubjects(NodeName node) {
        return unfinished(null, Integer.MAX_VALUE).stream()
                .map(received -> received.message().subject())
                .distinct()
                .toList();
    }

    @Override
    public synchronized int unfinishedCount() {
        return (int)
                table(Direction.RECEIVED).values().stream()
                        .filter(row -> !row.state.isEnd())
                        .count();
    }

    // ---- asking

    @Override
    public synchronized List<Entry> history(Query query, @Nullable MessageId before, int limit) {
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
        return found.subList(0, end).stream().map(MemoryRow::toEntry).toList();
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
                                        .orElseThrow())));
        return waiting;
    }

    // ---- processed log

    @Override
    public synchronized List<Processed> processedAfter(long sequence, int limit) {
        requireOpen();
        return processed.tailMap(sequence, false).entrySet().stream()
                .limit(limit)
                .map(each ->
                        new Processed(
                                each.getKey(),
                                each.getValue().at(),
                                each.getValue().row().toEntry()))
                .toList();
    }

    @Override
    public synchronized List<Processed> processedLast(int count) {
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

    // ---- nodes, upkeep

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
        inputs.values().removeIf(input -> input.at().isBefore(before));
        deadLetters.removeIf(letter -> letter.at().isBefore(before));
        Instant forgotten = now.minus(Limits.MAX_EXPIRY).minus(Pruning.LATE_COPY);
        cancelled.values().removeIf(at -> at.isBefore(forgotten) && at.isBefore(before));
        return removed;
    }

    private static void requireEnd(State state) {
        if (!state.isEnd()) {
            throw new IllegalArgumentException("state " + state + " is not an end");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
