package io.steward.agent.outbox;

import io.steward.agent.broker.PublishException;
import io.steward.agent.kernel.ByteBudget;
import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What one publisher process and those who give it work share. Thread-safe.
final class PublisherLane {
    /// No message takes longer from the journal to its publisher's mailbox.
    private static final Duration ON_THE_WAY = Duration.ofMinutes(1);

    private final Subject subject;
    private final Lane<Publisher.Item> lane;
    private final ByteBudget held;
    private final Instant begun;
    private final Set<MessageId> handedOut = new HashSet<>();
    private final Set<MessageId> doubtful = new HashSet<>();
    private final Map<MessageId, Long> withheld = new HashMap<>();
    private volatile Outbox.@Nullable Problem problem;

    /// @param held what may be held in memory, of all lanes together
    /// @param begun an agent before this one may have published what is older, and not have come to
    ///   write it down
    PublisherLane(
            Supervisor supervisor,
            Subject subject,
            ByteBudget held,
            Instant begun,
            Function<PublisherLane, ProcessSpec<Publisher.Item>> spec) {
        this.subject = subject;
        this.held = held;
        this.begun = begun;
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

    /// Makes sure of room for messages that are about to be read from the journal.
    ///
    /// @return how many bytes, at most `most`; 0 when there is no room
    long reserve(long most) {
        return held.takeUpTo(most);
    }

    /// Messages that were read from the journal are held, as many bytes as `used`.
    void hold(long used, long reserved) {
        held.takeAnyway(used - reserved);
    }

    /// A message that was dispatched or read from the journal is not held any more.
    void letGo(Message message) {
        held.give(message.weight());
    }

    /// As [#letGo(Message)]; an item that goes again was never counted as held.
    void letGo(Publisher.Item item) {
        if (item instanceof Publisher.Item.Send(Message message)) {
            letGo(message);
        }
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
        Outbox.Problem now = problem;
        return now == null ? null : now.why();
    }

    Optional<Outbox.Problem> told() {
        return Optional.ofNullable(problem);
    }

    void noProblem() {
        problem = null;
    }

    void problem(String why) {
        problem = new Outbox.Problem(subject, why, false);
    }

    void problem(PublishException failure) {
        problem =
                new Outbox.Problem(
                        subject, failure.reason(), failure.kind() == PublishException.Kind.STORAGE);
    }

    /// The publisher is about to hand a message to the broker.
    ///
    /// @return false if it has been withheld: it is not to be published
    synchronized boolean handOut(MessageId id) {
        if (withheld.containsKey(id)) {
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

    /// It is certain that the broker has not got it this time.
    synchronized void comeBack(MessageId id) {
        handedOut.remove(id);
    }

    /// The broker has it, or it has ended.
    synchronized void settled(MessageId id) {
        handedOut.remove(id);
        doubtful.remove(id);
    }

    /// The broker was handed it and has not answered: it may have it.
    synchronized void doubtful(MessageId id) {
        handedOut.remove(id);
        doubtful.add(id);
    }

    /// Whether a queued message may be with the broker, or with its node.
    synchronized boolean mayBeOut(MessageId id) {
        return handedOut.contains(id) || doubtful.contains(id) || isFromBefore(id);
    }

    private boolean isFromBefore(MessageId id) {
        return !subject.isAck() && id.time().isBefore(begun);
    }

    /// Keeps a message from being published, for the first time or again.
    ///
    /// @return false if it is too late for that
    synchronized boolean withhold(MessageId id) {
        if (mayBeOut(id)) {
            return false;
        }
        withheld.put(id, System.nanoTime());
        return true;
    }

    /// Takes [#withhold] back: the message is to be published after all.
    synchronized void release(MessageId id) {
        withheld.remove(id);
    }

    /// Has the publisher read from the journal what it may have left out.
    void readAgain() {
        lane.fallBehind();
        lane.nudge(new Publisher.Item.Wake());
    }

    /// The publisher has nothing in hand; what the journal says is cancelled it will not meet
    /// again. Only a message that was withheld right after it was accepted may still be on its way
    /// to the publisher, so the last ones are kept a while.
    synchronized void releaseAll() {
        doubtful.clear();
        long now = System.nanoTime();
        withheld.values().removeIf(since -> now - since > ON_THE_WAY.toNanos());
    }
}
