package io.steward.agent.inbox;

import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.method.Cancellation;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One received message that has not ended, while this agent lives. Thread-safe: its subject's
/// process runs it, others ask for its state or cancel it.
final class Work {
    private final Message message;
    private final int startsBefore;
    private final @Nullable String bootIdBefore;
    private final Instant deadline;
    private final Cancellation cancellation = new Cancellation();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicInteger attempt;
    private volatile @Nullable Instant startedAt;
    private volatile boolean cancelled;
    private volatile boolean givenUp;

    /// @param startsBefore how often it was started by an agent that died
    /// @param bootIdBefore of the machine when it was last started so
    /// @param deadline when it is too late to start it, by the clock of this machine
    Work(Message message, int startsBefore, @Nullable String bootIdBefore, Instant deadline) {
        this.message = message;
        this.startsBefore = startsBefore;
        this.bootIdBefore = bootIdBefore;
        this.deadline = deadline;
        this.attempt = new AtomicInteger(startsBefore);
    }

    static Work of(ReceivedMessage received) {
        return new Work(
                received.message(),
                received.attempt(),
                received.bootId(),
                received.message().expiresAt());
    }

    Message message() {
        return message;
    }

    int startsBefore() {
        return startsBefore;
    }

    @Nullable String bootIdBefore() {
        return bootIdBefore;
    }

    Instant deadline() {
        return deadline;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /// How often it was started, that of now included.
    int attempt() {
        return attempt.get();
    }

    /// When it was started in this life of the agent.
    @Nullable Instant startedAt() {
        return startedAt;
    }

    /// Makes the caller the one who ends it.
    ///
    /// @return false if somebody else does already
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean isClaimed() {
        return claimed.get();
    }

    /// Its process died with it in hand: the next body may claim it.
    void unclaim() {
        claimed.set(false);
    }

    /// Called by the one who claimed it.
    void start(Instant at) {
        attempt.incrementAndGet();
        startedAt = at;
    }

    /// Another agent gets it: it is not in the journal any more, and is not run here.
    void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    void cancel() {
        cancelled = true;
        cancellation.cancel(Cancellation.Cause.CANCELLED);
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// What can be said of it before it ends.
    Ack progress(NodeName node) {
        Instant started = startedAt;
        State state = started == null ? State.RECEIVED : State.STARTED;
        return new Ack(
                message.id(),
                node,
                state,
                null,
                null,
                null,
                Output.EMPTY,
                Output.EMPTY,
                false,
                started,
                null,
                attempt.get());
    }
}
