package io.steward.agent.method;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;

/// Ends a message that came to this node, or that was sent from it. Thread-safe.
public interface Canceller {
    /// @param by who asks
    /// @return what it was before, and what is done, in a few words; one that is not known is
    ///   cancelled when it comes
    String cancel(MessageId id, NodeName by) throws InterruptedException;
}
