package io.steward.agent.journal;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The queues of a [MemoryJournal].
abstract class MemoryQueues extends MemoryReceiving {

    MemoryQueues(InstantSource clock) {
        super(clock);
    }

    private Stream<MemoryRow> open() {
        requireOpen();
        return table(Direction.SENT).values().stream().filter(row -> row.waits(State.PUBLISHED));
    }

    private Stream<MemoryRow> waiting(Waiters which) {
        Instant before = which.before();
        return open().filter(row -> row.other().equals(which.node()))
                .filter(row ->
                        which.method() == null
                                || which.method().equals(row.message.subject().method()))
                .filter(row -> before == null || row.message.createdAt().isBefore(before));
    }

    @Override
    public synchronized List<Backlog> backlogs() {
        return open().map(MemoryRow::other).distinct().sorted().map(this::backlog).toList();
    }

    private Backlog backlog(NodeName node) {
        Count count = countWaiting(new Waiters(node, null, null));
        return new Backlog(
                node,
                count.queued(),
                count.published(),
                Objects.requireNonNull(count.oldest()),
                Objects.requireNonNull(count.nextExpiry()));
    }

    @Override
    public synchronized Count countWaiting(Waiters which) {
        return new Count(
                waiting(which).filter(row -> row.state == State.QUEUED).count(),
                waiting(which).filter(row -> row.state == State.PUBLISHED).count(),
                waiting(which)
                        .map(row -> row.message.createdAt())
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                waiting(which)
                        .map(row -> row.message.expiresAt())
                        .min(Comparator.naturalOrder())
                        .orElse(null));
    }

    @Override
    public synchronized Page<SentMessage> waitingFor(
            Waiters which, @Nullable MessageId after, int limit, long bytes) {
        List<SentMessage> found =
                waiting(which)
                        .filter(row -> after == null || row.message.id().compareTo(after) > 0)
                        .limit(limit + 1L)
                        .map(MemoryRow::toSent)
                        .toList();
        return new Page<>(found.subList(0, Math.min(limit, found.size())), found.size() > limit);
    }

    @Override
    public synchronized List<Waiter> waiters(Waiters which, int limit) {
        return waiting(which).limit(limit).map(MemoryQueues::waiter).toList();
    }

    @Override
    public synchronized List<Waiter> waiters(Collection<MessageId> ids) {
        requireOpen();
        return ids.stream()
                .map(id -> row(Direction.SENT, id))
                .filter(Objects::nonNull)
                .map(MemoryQueues::waiter)
                .toList();
    }

    private static Waiter waiter(MemoryRow row) {
        return new Waiter(
                row.message.id(), row.message.subject(), row.state, row.published, row.resends);
    }

    @Override
    public CompletableFuture<List<Boolean>> endSentAll(
            List<MessageId> ids, List<State> ifIn, State end, String reason, Instant at) {
        requireEnd(end);
        return write(() -> ids.stream().map(id -> end(id, ifIn, end, reason, at)).toList());
    }

    @Override
    public synchronized List<MessageId> cancelling() {
        requireOpen();
        return cancelled.keySet().stream()
                .filter(id -> {
                    MemoryRow row = row(Direction.RECEIVED, id);
                    return row != null && !row.state.isEnd();
                })
                .toList();
    }
}
