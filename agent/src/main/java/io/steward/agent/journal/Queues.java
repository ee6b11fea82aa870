package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What a journal knows of the messages that wait for their receivers: sent from here, queued or
/// published, and not heard of since. ACKs are not counted. Thread-safe.
public interface Queues {

    /// Each node that something waits for.
    List<Backlog> backlogs();

    /// @param oldest when the oldest was made
    /// @param nextExpiry when the first of them expires
    record Backlog(
            NodeName node, long queued, long published, Instant oldest, Instant nextExpiry) {}

    /// Of all that wait for a node, those of which every criterion that is not null holds.
    ///
    /// @param method of this method
    /// @param before made before that time
    record Waiters(NodeName node, @Nullable String method, @Nullable Instant before) {}

    /// How many wait; empty counts have no times.
    Count countWaiting(Waiters which);

    record Count(
            long queued, long published, @Nullable Instant oldest, @Nullable Instant nextExpiry) {}

    /// The oldest of them, oldest first.
    ///
    /// @param after continue behind this one; null for the first page
    /// @param bytes ends with the message with which they come to so many
    Page<SentMessage> waitingFor(Waiters which, @Nullable MessageId after, int limit, long bytes);

    /// As [#waitingFor], without reading the messages, in no order: for those who want many.
    List<Waiter> waiters(Waiters which, int limit);

    /// One of several by their ids, in whatever state; those not sent from here are left out.
    List<Waiter> waiters(Collection<MessageId> ids);

    /// What is needed to take a message back.
    record Waiter(
            MessageId id,
            Subject subject,
            State state,
            @Nullable Published published,
            int resends) {}

    /// As [Journal#endSent], for several in one transaction.
    ///
    /// @return for each, in order, whether it changed anything
    CompletableFuture<List<Boolean>> endSentAll(
            List<MessageId> ids, List<State> ifIn, State end, String reason, Instant at);

    /// The received messages that have not ended and are to be cancelled, as [Journal#cancelAhead]
    /// was told.
    List<MessageId> cancelling();
}
