package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.kernel.ByteBudget;
import io.steward.agent.method.Cancellation;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The received messages that have not ended, as far as they were met in this life of the agent,
/// and how many there are in all. Thread-safe.
final class Unfinished {
    private final ConcurrentHashMap<MessageId, Work> works = new ConcurrentHashMap<>();
    private final Set<MessageId> arriving = ConcurrentHashMap.newKeySet();
    private final Set<MessageId> cancelling = ConcurrentHashMap.newKeySet();
    private final AtomicLong endedAside = new AtomicLong();
    private final LongSupplier count;
    private final ByteBudget held;
    private final Function<MessageId, Message> source;
    private volatile boolean closing;

    /// @param count how many the journal holds
    /// @param bytes of the messages that are held in memory until they are run
    /// @param source reads a message that is not
    Unfinished(LongSupplier count, long bytes, Function<MessageId, Message> source) {
        this.count = count;
        this.held = new ByteBudget(bytes);
        this.source = source;
    }

    /// Those of which an agent that died was told to cancel them.
    void cancelling(Collection<MessageId> ids) {
        cancelling.addAll(ids);
    }

    /// Messages are about to be taken in: from the commit on their processes may meet them in the
    /// journal, before [#add].
    void arriving(Collection<MessageId> ids) {
        arriving.addAll(ids);
    }

    /// What was about to be taken in, and nobody knows yet what became of it.
    Set<MessageId> arriving() {
        return Set.copyOf(arriving);
    }

    /// Whether the broker has not been told yet that it was taken in, and whose it is.
    boolean isArriving(MessageId id) {
        return arriving.contains(id);
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
        MessageId id = work.message().id();
        Work known = works.computeIfAbsent(id, _ -> held(work));
        if (arriving.remove(id)) {
            return Optional.of(known);
        }
        if (works.remove(id, work)) {
            letGo(work);
        }
        return Optional.empty();
    }

    private Work held(Work work) {
        if (!held.take(work.weight())) {
            work.letGo(source);
        }
        return work;
    }

    private void letGo(Work work) {
        if (!work.isLetGo()) {
            held.give(work.weight());
        }
    }

    /// About how many bytes of messages are held in memory until they are run.
    long heldBytes() {
        return held.held();
    }

    /// The work for a message that was read from the journal. If it may have ended since, the
    /// caller has to look again, and to [#forget] what it made (see [#endedAside]).
    Work of(ReceivedMessage received) {
        return works.computeIfAbsent(
                received.message().id(),
                id -> {
                    Work work = held(Work.of(received));
                    if (cancelling.remove(id)) {
                        work.cancel();
                    }
                    return work;
                });
    }

    /// Counts the messages that ended otherwise than in the turn of their subject. Who reads many
    /// from the journal looks at it before and after: the same, and none has ended in between.
    long endedAside() {
        return endedAside.get();
    }

    /// As [#over], for one that did not end in the turn of its subject.
    void overAside(MessageId id) {
        endedAside.incrementAndGet();
        over(id);
    }

    /// A work that was made of a message that had ended.
    void forget(Work work) {
        if (works.remove(work.id(), work)) {
            letGo(work);
        }
    }

    Optional<Work> find(MessageId id) {
        return Optional.ofNullable(works.get(id));
    }

    void over(MessageId id) {
        arriving.remove(id);
        Work work = works.remove(id);
        if (work != null) {
            letGo(work);
        }
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
                    givenUp(ids);
                    return ids.size();
                });
    }

    private void givenUp(Collection<MessageId> ids) {
        endedAside.addAndGet(ids.size());
        for (MessageId id : ids) {
            arriving.remove(id);
            Work work = works.remove(id);
            if (work != null) {
                letGo(work);
                work.giveUp();
            }
        }
    }

    int count() {
        return Math.toIntExact(count.getAsLong());
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
