package io.steward.agent.outbox;

import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.messages.MessageId;
import io.steward.messages.Subject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one publisher process and those who give it work share. Thread-safe.
final class PublisherLane {
    /// So many of those that are cancelled are remembered, for items that are still on their way to
    /// the publisher.
    static final int REMEMBERED = 256;

    private final Subject subject;
    private final Lane<Publisher.Item> lane;
    private final Set<MessageId> handedOut = new HashSet<>();
    private final Set<MessageId> withheld = new HashSet<>();

    /// Those of them of which the journal knows that they are cancelled, oldest first.
    private final Deque<MessageId> cancelled = new ArrayDeque<>();

    private volatile @Nullable String problem;

    PublisherLane(
            Supervisor supervisor,
            Subject subject,
            Function<PublisherLane, ProcessSpec<Publisher.Item>> spec) {
        this.subject = subject;
        this.lane = new Lane<>(supervisor, _ -> spec.apply(this));
    }

    Subject subject() {
        return subject;
    }

    Lane<Publisher.Item> lane() {
        return lane;
    }

    /// Has the publisher try again now.
    void wake() {
        if (problem != null) {
            lane.nudge(new Publisher.Item.Wake());
        }
    }

    /// Why the messages of this subject are not published now; null when they are.
    @Nullable String problem() {
        return problem;
    }

    void problem(@Nullable String why) {
        problem = why;
    }

    /// The publisher is about to hand a message to the broker.
    ///
    /// @return false if it has been withheld: it is not to be published
    synchronized boolean handOut(MessageId id) {
        if (withheld.contains(id)) {
            return false;
        }
        handedOut.add(id);
        return true;
    }

    synchronized boolean isHandedOut(MessageId id) {
        return handedOut.contains(id);
    }

    synchronized int handedOut() {
        return handedOut.size();
    }

    /// The broker has answered, or it is certain that it has not got it.
    synchronized void settled(MessageId id) {
        handedOut.remove(id);
    }

    /// Keeps a queued message from being published.
    ///
    /// @return false if it is too late for that
    synchronized boolean withhold(MessageId id) {
        if (handedOut.contains(id)) {
            return false;
        }
        withheld.add(id);
        return true;
    }

    /// Takes [#withhold] back: the message is to be published after all.
    synchronized void release(MessageId id) {
        withheld.remove(id);
    }

    /// What was withheld is cancelled, and the journal knows it: the publisher meets it at most in
    /// its mailbox, not in the journal.
    synchronized void cancelled(MessageId id) {
        cancelled.add(id);
    }

    /// The publisher has nothing in hand: what was cancelled long ago it will not meet again. What
    /// is about to be cancelled stays withheld.
    synchronized void forgetCancelled() {
        while (cancelled.size() > REMEMBERED) {
            withheld.remove(cancelled.remove());
        }
    }
}
