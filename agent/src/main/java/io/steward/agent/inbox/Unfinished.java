package io.steward.agent.inbox;

import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The received messages that have not ended, as far as they were met in this life of the agent,
/// and how many there are in all. Thread-safe.
final class Unfinished {
    private final ConcurrentHashMap<MessageId, Work> works = new ConcurrentHashMap<>();
    private final AtomicInteger count;

    /// @param count how many the journal holds at the start
    Unfinished(int count) {
        this.count = new AtomicInteger(count);
    }

    /// A message that has just been taken in.
    void add(Work work) {
        works.put(work.message().id(), work);
        count.incrementAndGet();
    }

    /// The work for a message that was read from the journal.
    Work of(ReceivedMessage received) {
        return works.computeIfAbsent(received.message().id(), _ -> Work.of(received));
    }

    Optional<Work> find(MessageId id) {
        return Optional.ofNullable(works.get(id));
    }

    void over(MessageId id) {
        works.remove(id);
        count.decrementAndGet();
    }

    int count() {
        return count.get();
    }

    boolean nothingRuns() {
        return works.values().stream()
                .noneMatch(work -> work.isClaimed() && work.startedAt() != null);
    }

    /// Tells everything that runs that the agent goes down.
    void shutDown() {
        works.values().forEach(work -> work.cancellation().cancel(Cancellation.Cause.SHUTDOWN));
    }
}
