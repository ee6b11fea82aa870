package io.steward.agent.outbox;

import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.messages.MessageId;
import io.steward.messages.Subject;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one publisher process and those who give it work share. Thread-safe.
final class PublisherLane {
    private final Subject subject;
    private final Lane<Publisher.Item> lane;
    private final Set<MessageId> handedOut = new HashSet<>();
    private final Set<MessageId> withheld = new HashSet<>();
    private final Set<MessageId> uncertain = new HashSet<>();
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
        if (withheld.remove(id)) {
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

    /// The broker has it, or it has ended: the journal says so.
    synchronized void settled(MessageId id) {
        handedOut.remove(id);
        uncertain.remove(id);
    }

    /// It is certain that the broker did not take it this time.
    synchronized void refused(MessageId id) {
        handedOut.remove(id);
    }

    /// The broker has not answered and may have it: it goes again, and is not withheld any more.
    synchronized void unanswered(MessageId id) {
        handedOut.remove(id);
        uncertain.add(id);
    }

    /// Keeps a queued message from being published.
    ///
    /// @return false if it is too late for that
    synchronized boolean withhold(MessageId id) {
        if (handedOut.contains(id) || uncertain.contains(id)) {
            return false;
        }
        withheld.add(id);
        return true;
    }

    /// Takes [#withhold] back: the message is to be published after all.
    synchronized void release(MessageId id) {
        withheld.remove(id);
    }

    /// The publisher has nothing in hand; what the journal says is cancelled it will not meet
    /// again.
    synchronized void releaseAll() {
        withheld.clear();
    }
}
