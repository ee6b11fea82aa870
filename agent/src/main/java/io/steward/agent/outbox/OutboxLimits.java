package io.steward.agent.outbox;

/// What bounds an outbox.
///
/// @param maxQueued how many messages sent from here may be without an end; what an agent says by
///   itself (ACKs, replies, cancelling, hellos) is not refused for it
/// @param heldBytes of the messages that are held in memory until they are sent; what is more is
///   read from the journal in its turn
public record OutboxLimits(long maxQueued, long heldBytes) {
    /// For tests of other things.
    public static final OutboxLimits NONE = new OutboxLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    public OutboxLimits {
        if (maxQueued < 1 || heldBytes < 1) {
            throw new IllegalArgumentException(
                    "maxQueued is %d, heldBytes %d: expected 1 or more"
                            .formatted(maxQueued, heldBytes));
        }
    }
}
