package io.steward.agent.outbox;

import io.steward.agent.broker.Broker.Stored;
import io.steward.agent.broker.PublishException;
import io.steward.messages.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/// A message that was handed to the broker, and what the broker says.
///
/// @param sent false if there was no connection: the broker has certainly not got it
/// @param since [System#nanoTime] when it was handed over
record InFlight(
        Publisher.Item.ToSend item, boolean sent, long since, CompletableFuture<Stored> answer) {

    Message message() {
        return item.message();
    }

    boolean isAnswered() {
        return answer.isDone();
    }

    boolean isStored() {
        return answer.state() == Future.State.SUCCESS;
    }

    /// Whether the broker has not got it, once it is answered and not stored; else it may have.
    boolean isCertainlyNotThere() {
        return !sent
                || (answer.state() == Future.State.FAILED
                        && answer.exceptionNow() instanceof PublishException e
                        && e.isCertain());
    }
}
