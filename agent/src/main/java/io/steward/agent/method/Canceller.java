package io.steward.agent.method;

import io.steward.messages.MessageId;
import io.steward.messages.NodeName;

/// Ends a message that came to this node. Thread-safe.
public interface Canceller {
    /// @param by who asks
    /// @return what it was before: `queued`, `running`, its end state, or `unknown`, in which case
    ///   it is cancelled when it comes
    String cancel(MessageId id, NodeName by) throws InterruptedException;
}
