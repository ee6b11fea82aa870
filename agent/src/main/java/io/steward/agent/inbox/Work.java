package io.steward.agent.inbox;

import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.method.Cancellation;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One received message that has not ended, while this agent lives. Where memory is short it holds
/// no more than the [#head] of the message until it is run. Thread-safe: its subject's process runs
/// it, others ask for its state or cancel it.
final class Work {
    private final Message head;
    private final long weight;
    private volatile @Nullable Message message;
    private @Nullable Function<MessageId, Message> source;
    private final int startsBefore;
    private final @Nullable String bootIdBefore;
    private final Instant deadline;
    private final @Nullable Instant receivedAt;
    private final @Nullable Instant startedBefore;
    private final boolean fromBefore;
    private final Cancellation cancellation = new Cancellation();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicInteger attempt;
    private volatile @Nullable Instant startedAt;
    private volatile boolean cancelled;
    private volatile @Nullable Ack end;
    private volatile boolean givenUp;
    private volatile boolean lost;

    /// @param startsBefore how often it was started by an agent that died
    /// @param bootIdBefore of the machine when it was last started so
    /// @param deadline when it is too late to start it, by the broker's clock
    /// @param receivedAt when it was taken in
    Work(
            Message message,
            int startsBefore,
            @Nullable String bootIdBefore,
            Instant deadline,
            @Nullable Instant receivedAt) {
        this(message, startsBefore, bootIdBefore, deadline, receivedAt, null, false);
    }

    private Work(
            Message message,
            int startsBefore,
            @Nullable String bootIdBefore,
            Instant deadline,
            @Nullable Instant receivedAt,
            @Nullable Instant startedBefore,
            boolean fromBefore) {
        this.head = message.head();
        this.weight = message.weight();
        this.message = message;
        this.fromBefore = fromBefore;
        this.startsBefore = startsBefore;
        this.bootIdBefore = bootIdBefore;
        this.deadline = deadline;
        this.receivedAt = receivedAt;
        this.startedBefore = startedBefore;
        this.attempt = new AtomicInteger(startsBefore);
    }

    static Work of(ReceivedMessage received) {
        return new Work(
                received.message(),
                received.attempt(),
                received.bootId(),
                received.deadline(),
                received.states().get(State.RECEIVED),
                received.states().get(State.STARTED),
                true);
    }

    /// Whether it was read from the journal, and so may have been there when an agent before this
    /// one died.
    boolean isFromBefore() {
        return fromBefore;
    }

    /// When it was started last, in this life of the agent or before; null if it never was.
    @Nullable Instant lastStart() {
        Instant now = startedAt;
        return now == null ? startedBefore : now;
    }

    /// When it was taken in; null where that is not known.
    @Nullable Instant receivedAt() {
        return receivedAt;
    }

    /// The message, which is read from the journal where it is not held in memory.
    ///
    /// @throws io.steward.agent.journal.JournalException if it cannot be read
    Message message() {
        Message held = message;
        return held != null ? held : read();
    }

    private synchronized Message read() {
        if (source == null) {
            throw new IllegalStateException(head.id() + " is not held, and has no source");
        }
        return source.apply(head.id());
    }

    /// The message without what may be large; always in memory.
    Message head() {
        return head;
    }

    MessageId id() {
        return head.id();
    }

    /// About how many bytes the message takes.
    long weight() {
        return weight;
    }

    /// Has the message held in memory by nobody but the one who runs it.
    ///
    /// @param from reads it
    synchronized void letGo(Function<MessageId, Message> from) {
        source = from;
        message = null;
    }

    /// Whether it is read only to be run.
    synchronized boolean isLetGo() {
        return source != null;
    }

    /// Called by the one who claimed it and is about to run it: it is in memory from now on.
    void load() {
        message = message();
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
        synchronized (this) {
            if (source != null) {
                message = null;
            }
        }
        claimed.set(false);
    }

    /// It has run, and that came of it: it is never run again, whatever becomes of the one who
    /// claimed it.
    void ended(Ack outcome) {
        end = outcome;
    }

    /// What came of it, which the journal may not have yet; null if it has not ended.
    @Nullable Ack end() {
        return end;
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

    /// Another agent gets it, which has been started here: it is not started here any more.
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }

    /// Whether an agent that had this node's name before may have started it, and none that had
    /// this journal.
    boolean wasStartedElsewhere() {
        return startsBefore > 0 && bootIdBefore == null;
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
                head.id(),
                node,
                state,
                null,
                null,
                null,
                Output.EMPTY,
                Output.EMPTY,
                0,
                0,
                false,
                started,
                null,
                attempt.get(),
                receivedAt);
    }
}
