package io.steward.agent.inbox;

import io.steward.agent.method.Outcome;
import io.steward.messages.MessageId;

/// What a method may have left when the agent died while it ran. Thread-safe.
public interface Leftovers {

    /// Ends what still runs of it. Blocks until it is gone, or will not go.
    ///
    /// @return how many processes of it could not be ended: 0 but for the likes of those that wait
    ///   for a dead disk
    int end(MessageId id) throws InterruptedException;

    /// What it had printed, as far as it is known; forgotten by this call.
    Outcome.Printed printed(MessageId id);

    /// What it has printed so far while it runs, from these places on; nothing where that is not
    /// known.
    ///
    /// @param most at most so many bytes of each stream
    default Outcome.Printed soFar(MessageId id, int outFrom, int errFrom, int most) {
        return Outcome.Printed.NOTHING;
    }
}
