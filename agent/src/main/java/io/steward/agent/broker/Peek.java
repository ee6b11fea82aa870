package io.steward.agent.broker;

import java.time.Instant;
import java.util.List;

/// What lies in a node's mailbox, looked at without taking it.
///
/// @param exists whether there is such a mailbox at all
/// @param total how many messages are in it, of those asked for; answers to messages included
/// @param messages some of them, in their order
/// @param next where to go on; 0 if there are no more
public record Peek(boolean exists, long total, List<Item> messages, long next) {

    /// @param handedOver whether the node has been handed it and has not said that it has it
    public record Item(
            long sequence, String subject, byte[] payload, Instant storedAt, boolean handedOver) {}
}
