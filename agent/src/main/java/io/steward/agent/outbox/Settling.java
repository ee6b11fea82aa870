package io.steward.agent.outbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Published;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What became of the messages that were handed to the broker: tells the journal, and the lane when
/// the journal has it. Thread-safe but for [#refused].
final class Settling {
    private final PublisherLane lane;
    private final Journal journal;
    private final InstantSource clock;

    /// How often the journal has not taken what became of a message, since it last did.
    private final AtomicInteger notWritten = new AtomicInteger();

    private int notWrittenBefore;

    Settling(PublisherLane lane, Journal journal, InstantSource clock) {
        this.lane = lane;
        this.journal = journal;
        this.clock = clock;
    }

    /// The broker has it: so says the journal from now on.
    void keep(InFlight stored) {
        var answer = stored.answer().resultNow();
        Instant now = clock.instant();
        published(
                stored.message().id(),
                new Published(answer.stream(), answer.streamCreated(), answer.sequence(), now),
                true);
    }

    /// The broker has not said that it has it: it has, or not.
    void notKept(InFlight failed) {
        MessageId id = failed.message().id();
        if (failed.isCertainlyNotThere()) {
            lane.comeBack(id);
        } else {
            lane.doubtful(id);
        }
    }

    /// As [#keep] or [#notKept], as soon as it is answered.
    void whenAnswered(InFlight message) {
        var _ =
                message.answer()
                        .whenComplete((_, failure) -> {
                            if (failure == null) {
                                keep(message);
                            } else {
                                notKept(message);
                            }
                        });
    }

    /// It is over without having been stored.
    void end(Message message, State state, String reason) {
        MessageId id = message.id();
        var _ =
                journal.endSent(
                                id,
                                List.of(State.QUEUED, State.PUBLISHED),
                                state,
                                reason,
                                clock.instant())
                        .whenComplete((_, problem) -> written(id, false, problem));
    }

    /// An ACK that nobody keeps is over once it is said.
    void said(Message ack) {
        Instant now = clock.instant();
        published(ack.id(), new Published("", now, 0, now), false);
    }

    private void published(MessageId id, Published where, boolean stored) {
        var _ =
                journal.published(id, where)
                        .whenComplete((_, problem) -> written(id, stored, problem));
    }

    /// The journal knows what became of a message, or does not take it.
    ///
    /// @param stored whether the broker has it
    private void written(MessageId id, boolean stored, @Nullable Throwable problem) {
        if (problem == null) {
            notWritten.set(0);
            lane.settled(id);
            return;
        }
        notWritten.incrementAndGet();
        if (stored) {
            lane.doubtful(id);
        } else {
            lane.comeBack(id);
        }
        lane.lane().fallBehind(); // why: it is as queued as before, and goes again
        lane.lane().nudge(new Publisher.Item.Answered());
    }

    /// How often in a row the journal has not taken what became of a message, if there is one more
    /// of them since this was asked last; else 0. For one thread.
    int refused() {
        int now = notWritten.get();
        boolean more = now > notWrittenBefore;
        notWrittenBefore = now;
        return more ? now : 0;
    }
}
