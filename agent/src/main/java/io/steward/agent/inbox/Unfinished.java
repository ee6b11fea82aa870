package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The received messages that have not ended, as far as they were met in this life of the agent,
/// and how many there are in all. Thread-safe.
final class Unfinished {
    private final ConcurrentHashMap<MessageId, Work> works = new ConcurrentHashMap<>();
    private final Set<MessageId> arriving = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count;
    private volatile boolean closing;

    /// @param count how many the journal holds at the start
    Unfinished(int count) {
        this.count = new AtomicInteger(count);
    }

    /// Messages are about to be taken in: from the commit on their processes may meet them in the
    /// journal, before [#add].
    void arriving(Collection<MessageId> ids) {
        arriving.addAll(ids);
    }

    /// They are known from before, or cannot be taken in.
    void notNew(MessageId id) {
        arriving.remove(id);
    }

    /// A message that has just been taken in.
    ///
    /// @return the work for it, which its process may have made from the journal meanwhile; empty
    ///   if it has ended meanwhile
    Optional<Work> add(Work work) {
        count.incrementAndGet();
        MessageId id = work.message().id();
        Work known = works.computeIfAbsent(id, _ -> work);
        if (arriving.remove(id)) {
            return Optional.of(known);
        }
        works.remove(id, work);
        return Optional.empty();
    }

    /// The work for a message that was read from the journal.
    Work of(ReceivedMessage received) {
        return works.computeIfAbsent(received.message().id(), _ -> Work.of(received));
    }

    Optional<Work> find(MessageId id) {
        return Optional.ofNullable(works.get(id));
    }

    void over(MessageId id) {
        arriving.remove(id);
        works.remove(id);
        count.decrementAndGet();
    }

    private boolean isRunning(MessageId id) {
        Work work = works.get(id);
        return work != null && work.isClaimed() && work.startedAt() != null;
    }

    /// Has the journal forget what was not started: another agent gets it.
    ///
    /// @return how many those are
    CompletableFuture<Integer> giveUp(Journal journal) {
        return journal.giveUpUnstarted(this::isRunning)
                .thenApply(ids -> {
                    givenUp(ids, journal.unfinishedCount());
                    return ids.size();
                });
    }

    private void givenUp(Collection<MessageId> ids, int left) {
        for (MessageId id : ids) {
            arriving.remove(id);
            Work work = works.remove(id);
            if (work != null) {
                work.giveUp();
            }
        }
        count.set(left);
    }

    int count() {
        return count.get();
    }

    /// From now on nothing more is started: the agent is about to go down.
    void closing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
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
