package io.steward.agent.outbox;

import io.steward.agent.kernel.ByteBudget;
import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.Subject;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one publisher process and those who give it work share. Thread-safe.
final class PublisherLane {
    private final Subject subject;
    private final Lane<Publisher.Item> lane;
    private final ByteBudget held;
    private final Set<MessageId> handedOut = new HashSet<>();
    private final Set<MessageId> withheld = new HashSet<>();
    private volatile @Nullable String problem;

    /// @param held what may be held in memory, of all lanes together
    PublisherLane(
            Supervisor supervisor,
            Subject subject,
            ByteBudget held,
            Function<PublisherLane, ProcessSpec<Publisher.Item>> spec) {
        this.subject = subject;
        this.held = held;
        this.lane = new Lane<>(supervisor, _ -> spec.apply(this));
    }

    Subject subject() {
        return subject;
    }

    Lane<Publisher.Item> lane() {
        return lane;
    }

    /// Hands over a message that is queued in the journal; where there is no room in memory, the
    /// publisher reads it there. Does not wait.
    void dispatch(Message message) {
        if (!held.take(message.weight())) {
            lane.leave();
        } else if (!lane.offer(new Publisher.Item.Send(message))) {
            letGo(message);
        }
    }

    /// A message that was read from the journal is held.
    void hold(Message message) {
        held.takeAnyway(message.weight());
    }

    /// A message that was dispatched or read from the journal is not held any more.
    void letGo(Message message) {
        held.give(message.weight());
    }

    /// How many bytes of messages may be held besides what is; 0 for no more than need be.
    long room() {
        return held.left();
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

    synchronized void addHandedOut(Collection<MessageId> to) {
        to.addAll(handedOut);
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

    /// The publisher has nothing in hand; what the journal says is cancelled it will not meet
    /// again.
    synchronized void releaseAll() {
        withheld.clear();
    }
}
