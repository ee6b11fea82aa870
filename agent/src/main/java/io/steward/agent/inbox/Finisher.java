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

/// Ends messages for one process: outcome and ACK in one transaction, the ACK published after the
/// commit. It does not wait for the commit, so that the next message can start in the same one;
/// [#settle] does. Used by one thread.
final class Finisher {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private record Pending(List<Finish> finishes, CompletableFuture<List<Boolean>> done) {}

    private final Journal journal;
    private final MessageOutbox outbox;
    private final Acks acks;
    private final Replies replies;
    private final Unfinished unfinished;
    private final InstantSource clock;
    private final Deque<Pending> pending = new ArrayDeque<>();

    Finisher(
            Journal journal,
            MessageOutbox outbox,
            Acks acks,
            Replies replies,
            Unfinished unfinished,
            InstantSource clock) {
        this.journal = journal;
        this.outbox = outbox;
        this.acks = acks;
        this.replies = replies;
        this.unfinished = unfinished;
        this.clock = clock;
    }

    /// Ends messages that this thread has claimed.
    ///
    /// @param outcomes one for each of `works`
    void finish(List<Work> works, List<Ack> outcomes, ProcessContext<?> context) {
        tidy();
        List<Finish> finishes = new ArrayList<>(works.size());
        for (int i = 0; i < works.size(); i++) {
            Message message = works.get(i).message();
            Ack outcome = outcomes.get(i);
            finishes.add(
                    new Finish(
                            message.id(),
                            outcome,
                            acks.fit(outcome, ack -> outbox.ackFor(message, ack)),
                            replies(message, outcome, context),
                            clock.instant()));
        }
        pending.add(new Pending(finishes, write(finishes)));
        context.handled(works.size());
    }

    private List<Message> replies(Message message, Ack outcome, ProcessContext<?> context) {
        try {
            return replies.of(message, outcome);
        } catch (SubmitException e) {
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
        unfinished.over(finish.id());
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
                pending.addFirst(new Pending(oldest.finishes(), write(oldest.finishes())));
            }
        }
        return true;
    }
}
