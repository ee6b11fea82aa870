package io.steward.agent.inbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.messages.Message;
import java.time.Instant;

/// Whether another agent that had this node's name before may have started a message: one that its
/// sender publishes again, as the mailbox has it no more, and that was made before the name changed
/// hands. Thread-safe.
final class Elsewhere {
    private final Broker broker;
    private final BrokerTime time;

    Elsewhere(Broker broker, BrokerTime time) {
        this.broker = broker;
        this.time = time;
    }

    /// How often it may have been started: 0 or 1.
    int starts(Message message, Delivery delivery) {
        Instant takenOver = broker.takenOverAt();
        return takenOver != null
                        && Broker.isAgain(message.id(), delivery.headers())
                        && time.created(message, delivery).isBefore(takenOver)
                ? 1
                : 0;
    }
}
