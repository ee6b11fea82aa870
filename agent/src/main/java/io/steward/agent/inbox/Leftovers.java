package io.steward.agent.inbox;

import io.steward.agent.method.Outcome;
import io.steward.messages.MessageId;

/// What a method may have left when the agent died while it ran. Thread-safe.
public interface Leftovers {

    /// Ends what still runs of it. Blocks until it is gone.
    void end(MessageId id) throws InterruptedException;

    /// What it had printed, as far as it is known; forgotten by this call.
    Outcome.Printed printed(MessageId id);
}
