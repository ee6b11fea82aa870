package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Ends messages for one process: outcome and ACK in one transaction, the ACK published after the
/// commit. It does not wait for the commit, so that the next message can start in the same one;
/// [#settle] does. Used by one thread.
final class Finisher {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private record Pending(
            List<Work> works, List<Finish> finishes, CompletableFuture<List<Boolean>> done) {}

    private final Journal journal;
    private final MessageOutbox outbox;
    private final Acks acks;
    private final Replies replies;
    private final Unfinished unfinished;
    private final boolean aside;
    private final InstantSource clock;
    private final Deque<Pending> pending = new ArrayDeque<>();

    /// @param aside whether what it ends is not ended in the turn of its subject
    Finisher(
            Journal journal,
            MessageOutbox outbox,
            Acks acks,
            Replies replies,
            Unfinished unfinished,
            boolean aside,
            InstantSource clock) {
        this.journal = journal;
        this.outbox = outbox;
        this.acks = acks;
        this.replies = replies;
        this.unfinished = unfinished;
        this.aside = aside;
        this.clock = clock;
    }

    /// Ends messages that this thread has claimed. Whatever they printed, and wherever a copy is to
    /// go, they end: what cannot be made of an outcome is left out, and reported.
    ///
    /// @param outcomes one for each of `works`
    void finish(List<Work> works, List<Ack> outcomes, ProcessContext<?> context) {
        tidy();
        List<Finish> finishes = new ArrayList<>(works.size());
        for (int i = 0; i < works.size(); i++) {
            finishes.add(finish(works.get(i).message(), outcomes.get(i), context));
        }
        pending.add(new Pending(List.copyOf(works), finishes, write(finishes)));
        context.handled(works.size());
    }

    /// Ends a message that this thread has claimed, and tells nobody but the processed log.
    void finishUntold(Work work, Ack outcome, ProcessContext<?> context) {
        tidy();
        List<Finish> finishes =
                List.of(new Finish(work.id(), outcome, null, List.of(), clock.instant()));
        pending.add(new Pending(List.of(work), finishes, write(finishes)));
        context.handled(1);
    }

    private Finish finish(Message message, Ack outcome, ProcessContext<?> context) {
        try {
            return new Finish(
                    message.id(),
                    outcome,
                    acks.fit(outcome, ack -> outbox.ackFor(message, ack)),
                    replies(message, outcome, context),
                    clock.instant());
        } catch (RuntimeException | StackOverflowError e) {
            context.tell(Severity.ERROR, "making the answer to " + message.id(), e);
            Ack bare = acks.unanswerable(outcome);
            return new Finish(
                    message.id(), bare, bareAnswer(message, bare), List.of(), clock.instant());
        }
    }

    /// @return null if even that cannot be made: then the sender asks, and hears what is known
    private @Nullable Message bareAnswer(Message message, Ack bare) {
        try {
            return acks.fit(bare, ack -> outbox.ackFor(message, ack));
        } catch (RuntimeException | StackOverflowError e) {
            return null; // why: its like has been reported
        }
    }

    private List<Message> replies(Message message, Ack outcome, ProcessContext<?> context) {
        try {
            return replies.of(message, outcome);
        } catch (SubmitException | RuntimeException e) {
            context.tell(Severity.WARNING, "sending the reply of " + message.id(), e);
            return List.of();
        }
    }

    private CompletableFuture<List<Boolean>> write(List<Finish> finishes) {
        return journal.finishedAll(finishes)
                .thenApply(changed -> {
                    for (int i = 0; i < finishes.size(); i++) {
                        over(finishes.get(i), changed.get(i));
                    }
                    return changed;
                });
    }

    private void over(Finish finish, boolean changed) {
        if (aside) {
            unfinished.overAside(finish.id());
        } else {
            unfinished.over(finish.id());
        }
        if (changed) {
            if (finish.ackMessage() != null) {
                outbox.dispatch(finish.ackMessage());
            }
            finish.also().forEach(outbox::dispatch);
        }
    }

    boolean hasPending() {
        tidy();
        return !pending.isEmpty();
    }

    /// Forgets what is durable by now.
    void tidy() {
        while (!pending.isEmpty()
                && pending.element().done().isDone()
                && !pending.element().done().isCompletedExceptionally()) {
            pending.remove();
        }
    }

    /// Returns when every end is durable; what the journal does not take now is offered again until
    /// it does.
    ///
    /// @return false if the process was told to stop before
    boolean settle(ProcessContext<?> context) throws InterruptedException {
        while (!pending.isEmpty()) {
            Pending oldest = pending.element();
            try {
                oldest.done().get();
                pending.remove();
            } catch (ExecutionException e) {
                context.tell(
                        Severity.ERROR,
                        "writing outcomes to the journal",
                        e.getCause() == null ? e : e.getCause());
                if (!context.pause(PAUSE)) {
                    return false;
                }
                pending.remove();
                pending.addFirst(
                        new Pending(oldest.works(), oldest.finishes(), write(oldest.finishes())));
            }
        }
        return true;
    }

    /// The process ends, and nobody settles any more: what the journal did not take, or will not,
    /// is for the next body.
    ///
    /// @param again takes messages that have ended and of which the journal does not know it; on
    ///   any thread
    void leave(Consumer<Work> again) {
        for (Pending left : pending) {
            var _ =
                    left.done()
                            .whenComplete((_, problem) -> {
                                if (problem != null) {
                                    left.works().forEach(Work::unclaim);
                                    left.works().forEach(again);
                                }
                            });
        }
        pending.clear();
    }
}
